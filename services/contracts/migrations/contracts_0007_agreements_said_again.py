"""Agreements are said again: they tell since when they are in force.

Revision ID: contracts_0007
Revises: contracts_0006
"""

from __future__ import annotations

from alembic import op

from shared.migrate import say_snapshots_again

revision = "contracts_0007"
down_revision = "contracts_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    say_snapshots_again("contracts", "agreements")


def downgrade() -> None:
    op.execute("DELETE FROM contracts.timers WHERE kind = 'say_again'")
