"""Copies of agreements tell since when they are in force: a call recorded later counts by the version of its time.

Revision ID: incidents_0016
Revises: incidents_0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0016"
down_revision = "incidents_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    since = sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("agreements", since, schema="incidents")


def downgrade() -> None:
    op.drop_column("agreements", "in_force_at", schema="incidents")
