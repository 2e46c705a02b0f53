"""The days to answer a solution count from a moment of their own: they began anew when a merge was undone.

Revision ID: incidents_0015
Revises: incidents_0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0015"
down_revision = "incidents_0014"
branch_labels = None
depends_on = None

AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
FROM_RESOLUTION = "UPDATE incidents.incidents SET answer_since = resolved_at WHERE state = 'resolved'"
NOT_WHEN_MERGED = "UPDATE incidents.incidents SET closes_at = NULL WHERE state = 'merged'"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("answer_since", sa.DateTime(timezone=True), nullable=True), schema="incidents")
    op.execute(AS_SYSTEM)
    op.execute(FROM_RESOLUTION)
    op.execute(NOT_WHEN_MERGED)


def downgrade() -> None:
    op.drop_column("incidents", "answer_since", schema="incidents")
