"""People are said again: contracts has a copy of them now.

Revision ID: gateway_0004
Revises: gateway_0003
"""

from __future__ import annotations

from alembic import op

from shared.migrate import say_snapshots_again

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    say_snapshots_again("gateway", "people")


def downgrade() -> None:
    op.execute("DELETE FROM gateway.timers WHERE kind = 'say_again'")
