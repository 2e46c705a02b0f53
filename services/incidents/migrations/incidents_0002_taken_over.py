"""Incidents taken over from another system know its name, its number and the hash of its record.

Revision ID: incidents_0002
Revises: incidents_0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0002"
down_revision = "incidents_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("source", "source_number", "history_hash"):
        op.add_column("incidents", sa.Column(name, sa.String(), nullable=True), schema="incidents")
    op.create_unique_constraint(
        op.f("uq_incidents_source_number_source_customer_id"),
        "incidents",
        ["source_number", "source", "customer_id"],
        schema="incidents",
    )
    op.create_check_constraint(
        op.f("ck_incidents_source"),
        "incidents",
        "num_nulls(source, source_number, history_hash) IN (0, 3)",
        schema="incidents",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_incidents_source"), "incidents", schema="incidents", type_="check")
    op.drop_constraint(
        op.f("uq_incidents_source_number_source_customer_id"), "incidents", schema="incidents", type_="unique"
    )
    for name in ("history_hash", "source_number", "source"):
        op.drop_column("incidents", name, schema="incidents")
