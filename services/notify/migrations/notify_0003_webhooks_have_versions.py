"""Webhooks have versions, so that a change of one honours If-Match.

Revision ID: notify_0003
Revises: notify_0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "notify_0003"
down_revision = "notify_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("version", sa.Integer(), nullable=False, server_default="1"), schema="notify")


def downgrade() -> None:
    op.drop_column("endpoints", "version", schema="notify")
