"""A clock that stands still with no end planned has no due time; which pauses are to end; when an agreement changed.

Revision ID: incidents_0012
Revises: incidents_0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0012"
down_revision = "incidents_0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
STANDING_STILL = """
UPDATE incidents.clocks SET due_at = CASE WHEN planned_until_at IS NOT NULL THEN coalesce(breaks_at, due_at) END
FROM incidents.pauses
WHERE pauses.incident_id = clocks.incident_id AND pauses.until_at IS NULL
    AND clocks.kind IN ('respond', 'on_site', 'resolve', 'next_update')
    AND clocks.stopped_at IS NULL AND clocks.cancelled_at IS NULL AND clocks.due_at > pauses.from_at
"""
"""What was due before the pause began is due; with a planned end, a microsecond after it the clock is broken."""
RUNNING_ON = "UPDATE incidents.clocks SET due_at = coalesce(breaks_at, now()) WHERE due_at IS NULL"
AMENDED = """
UPDATE incidents.incidents SET amended_at = replaced.at FROM (
    SELECT incident_id, max(at) AS at FROM incidents.timeline WHERE type = 'incidents.agreement_replaced.v1'
    GROUP BY incident_id
) AS replaced WHERE replaced.incident_id = incidents.id
"""


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    op.alter_column("clocks", "due_at", nullable=True, schema="incidents")
    op.execute(STANDING_STILL)
    op.create_index(
        "ix_pauses_to_end",
        "pauses",
        ["planned_until_at"],
        schema="incidents",
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.add_column("incidents", sa.Column("amended_at", MOMENT, nullable=True), schema="incidents")
    op.execute(AMENDED)


def downgrade() -> None:
    op.execute(AS_SYSTEM)
    op.drop_column("incidents", "amended_at", schema="incidents")
    op.drop_index("ix_pauses_to_end", "pauses", schema="incidents")
    op.execute(RUNNING_ON)
    op.alter_column("clocks", "due_at", nullable=False, schema="incidents")
