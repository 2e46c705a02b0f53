"""Who watches which incident.

Revision ID: notify_0005
Revises: notify_0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "notify_0005"
down_revision = "notify_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched")),
        schema="notify",
    )
    op.create_index(op.f("ix_watched_customer_id"), "watched", ["customer_id"], schema="notify")
    protect("notify", "watched")


def downgrade() -> None:
    op.drop_table("watched", schema="notify")
