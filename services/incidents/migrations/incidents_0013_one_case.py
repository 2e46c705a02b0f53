"""Words are found whatever their case, in every script. Who spent time is not in the customer's timeline.

Revision ID: incidents_0013
Revises: incidents_0012
"""

from __future__ import annotations

from alembic import op

from shared.migrate import tell_words_as_before, tell_words_in_one_case

revision = "incidents_0013"
down_revision = "incidents_0012"
branch_labels = None
depends_on = None

AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
OF_NOBODY_BY_NAME = """
UPDATE incidents.timeline SET actor = 'system:contracts'
WHERE type = 'contracts.entitlement_used.v1' AND data ->> 'unit' = 'hours'
"""
"""As contracts says it now. It stays so on the way down: whose time it was is told by the entry of the time."""
SEARCHED = {"incidents": ("number", "title", "description")}


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(OF_NOBODY_BY_NAME)
    tell_words_in_one_case("incidents", SEARCHED)


def downgrade() -> None:
    tell_words_as_before("incidents", SEARCHED)
