"""What people are, so that a role can be told. Rows of before know none until gateway says its people again.

Revision ID: notify_0006
Revises: notify_0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "notify_0006"
down_revision = "notify_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("'{}'")
    op.add_column(
        "people",
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False, server_default=none),
        schema="notify",
    )


def downgrade() -> None:
    op.drop_column("people", "roles", schema="notify")
