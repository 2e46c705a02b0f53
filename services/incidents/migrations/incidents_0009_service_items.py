"""Visits and time spent say which service item they are of.

Revision ID: incidents_0009
Revises: incidents_0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0009"
down_revision = "incidents_0008"
branch_labels = None
depends_on = None

TABLES = ("visits", "time_entries")


def upgrade() -> None:
    for table in TABLES:
        item = sa.Column("service_item", sa.String(), nullable=False, server_default="fault_removal")
        op.add_column(table, item, schema="incidents")
        op.alter_column(table, "service_item", server_default=None, schema="incidents")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "service_item", schema="incidents")
