"""first_tables

Revision ID: notify_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "notify_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mechanisms("notify")
    op.create_table(
        "departments",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        schema="notify",
    )
    op.create_index(op.f("ix_departments_customer_id"), "departments", ["customer_id"], unique=False, schema="notify")
    op.create_table(
        "endpoints",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_why", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name=op.f("ck_endpoints_disabled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        schema="notify",
    )
    op.create_index(op.f("ix_endpoints_customer_id"), "endpoints", ["customer_id"], unique=False, schema="notify")
    op.create_table(
        "messages",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f("ck_messages_next_try_at")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f("ck_messages_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "event_id", "occasion", "recipient", "channel", name=op.f("uq_messages_event_id_occasion_recipient_channel")
        ),
        schema="notify",
    )
    op.create_index(op.f("ix_messages_customer_id"), "messages", ["customer_id"], unique=False, schema="notify")
    op.create_index(
        "ix_messages_due",
        "messages",
        [sa.text("urgent DESC"), "next_try_at", "id"],
        unique=False,
        schema="notify",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_messages_incident_id"), "messages", ["incident_id"], unique=False, schema="notify")
    op.create_table(
        "people",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        schema="notify",
    )
    op.create_table(
        "tries",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('delivered', 'refused', 'try_later')", name=op.f("ck_tries_outcome")),
        sa.PrimaryKeyConstraint("subject_id", "number", name=op.f("pk_tries")),
        schema="notify",
    )
    op.create_index(op.f("ix_tries_customer_id"), "tries", ["customer_id"], unique=False, schema="notify")
    op.create_table(
        "deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f("ck_deliveries_next_try_at")),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["notify.endpoints.id"], name=op.f("fk_deliveries_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("endpoint_id", "event_id", name=op.f("uq_deliveries_endpoint_id_event_id")),
        schema="notify",
    )
    op.create_index(op.f("ix_deliveries_customer_id"), "deliveries", ["customer_id"], unique=False, schema="notify")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["endpoint_id", "next_try_at"],
        unique=False,
        schema="notify",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_deliveries_incident_id"), "deliveries", ["incident_id"], unique=False, schema="notify")
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["endpoint_id"],
        unique=False,
        schema="notify",
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    protect("notify", "departments", "messages", "tries", "endpoints", "deliveries")


def downgrade() -> None:
    op.drop_index(
        "ix_deliveries_leased",
        table_name="deliveries",
        schema="notify",
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.drop_index(op.f("ix_deliveries_incident_id"), table_name="deliveries", schema="notify")
    op.drop_index(
        "ix_deliveries_due", table_name="deliveries", schema="notify", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(op.f("ix_deliveries_customer_id"), table_name="deliveries", schema="notify")
    op.drop_table("deliveries", schema="notify")
    op.drop_index(op.f("ix_tries_customer_id"), table_name="tries", schema="notify")
    op.drop_table("tries", schema="notify")
    op.drop_table("people", schema="notify")
    op.drop_index(op.f("ix_messages_incident_id"), table_name="messages", schema="notify")
    op.drop_index(
        "ix_messages_due", table_name="messages", schema="notify", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(op.f("ix_messages_customer_id"), table_name="messages", schema="notify")
    op.drop_table("messages", schema="notify")
    op.drop_index(op.f("ix_endpoints_customer_id"), table_name="endpoints", schema="notify")
    op.drop_table("endpoints", schema="notify")
    op.drop_index(op.f("ix_departments_customer_id"), table_name="departments", schema="notify")
    op.drop_table("departments", schema="notify")
    drop_mechanisms("notify")
