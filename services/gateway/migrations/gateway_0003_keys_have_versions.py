"""Keys have versions, so that a change of one honours If-Match.

Revision ID: gateway_0003
Revises: gateway_0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keys", sa.Column("version", sa.Integer(), nullable=False, server_default="1"), schema="gateway")


def downgrade() -> None:
    op.drop_column("keys", "version", schema="gateway")
