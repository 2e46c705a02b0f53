"""A visit that nobody made before its incident was over is cancelled with it.

Revision ID: incidents_0014
Revises: incidents_0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0014"
down_revision = "incidents_0013"
branch_labels = None
depends_on = None

STATE = "ck_visits_state"
SO_FAR = "state IN ('planned', 'en_route', 'arrived', 'done')"
NOW = "state IN ('planned', 'en_route', 'arrived', 'done', 'cancelled')"
AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
PLANNED_AGAIN = "UPDATE incidents.visits SET state = 'planned' WHERE state = 'cancelled'"


def upgrade() -> None:
    op.add_column("visits", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True), schema="incidents")
    _check(NOW)


def downgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(PLANNED_AGAIN)
    _check(SO_FAR)
    op.drop_column("visits", "cancelled_at", schema="incidents")


def _check(states: str) -> None:
    op.drop_constraint(op.f(STATE), "visits", schema="incidents")
    op.create_check_constraint(op.f(STATE), "visits", states, schema="incidents")
