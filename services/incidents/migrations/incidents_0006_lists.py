"""Lists stay fast however many incidents there are: indexes in their order, words to search by, a policy asked once.

Revision ID: incidents_0006
Revises: incidents_0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import ask_for_tenant_each_row, ask_for_tenant_once, create_search_terms, drop_search_terms

revision = "incidents_0006"
down_revision = "incidents_0005"
branch_labels = None
depends_on = None

OPEN = "stopped_at IS NULL AND cancelled_at IS NULL"
BROKEN = "breach_said"
OWNER = "array_to_tsvector(ARRAY['customer:' || customer_id::text])"
SEARCHED = f"incidents.search_terms(number, title, description) || {OWNER}"
LISTED_BY = ("customer_id", "state", "severity", "priority", "team")
INDEXES: tuple[tuple[str, str, tuple[str, ...], str | None], ...] = (
    *((f"ix_incidents_{column}_id", "incidents", (column, "id"), None) for column in LISTED_BY),
    ("ix_incidents_engineer_id_id", "incidents", ("engineer_id", "id"), "engineer_id IS NOT NULL"),
    ("ix_incidents_uncovered", "incidents", ("id",), "NOT covered"),
    ("ix_clocks_due_at_incident_id", "clocks", ("due_at", "incident_id"), OPEN),
    ("ix_clocks_customer_id_due_at_incident_id", "clocks", ("customer_id", "due_at", "incident_id"), OPEN),
    ("ix_clocks_incident_id", "clocks", ("incident_id",), BROKEN),
    ("ix_clocks_customer_id_incident_id", "clocks", ("customer_id", "incident_id"), BROKEN),
)


def upgrade() -> None:
    create_search_terms("incidents")
    searched = sa.Column("search", postgresql.TSVECTOR(), sa.Computed(SEARCHED, persisted=True), nullable=False)
    op.add_column("incidents", searched, schema="incidents")
    op.create_index("ix_incidents_search", "incidents", ["search"], schema="incidents", postgresql_using="gin")
    for name, table, columns, where in INDEXES:
        condition = None if where is None else sa.text(where)
        op.create_index(name, table, list(columns), schema="incidents", postgresql_where=condition)
    op.drop_index("ix_incidents_customer_id", "incidents", schema="incidents")
    ask_for_tenant_once("incidents", "incidents", "clocks")


def downgrade() -> None:
    ask_for_tenant_each_row("incidents", "incidents", "clocks")
    op.create_index("ix_incidents_customer_id", "incidents", ["customer_id"], schema="incidents")
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table, schema="incidents")
    op.drop_index("ix_incidents_search", "incidents", schema="incidents")
    op.drop_column("incidents", "search", schema="incidents")
    drop_search_terms("incidents")
