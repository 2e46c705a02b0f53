"""A message or delivery keeps the traceparent of what caused it.

Revision ID: notify_0004
Revises: notify_0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "notify_0004"
down_revision = "notify_0003"
branch_labels = None
depends_on = None

TABLES = ("messages", "deliveries")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("traceparent", sa.String(), nullable=True), schema="notify")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "traceparent", schema="notify")
