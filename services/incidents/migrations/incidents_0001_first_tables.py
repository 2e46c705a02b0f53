"""First tables: copies, numbers, incidents, clocks, visits, timeline.

Revision ID: incidents_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "incidents_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mechanisms("incidents")
    op.create_table(
        "agreements",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("site_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        schema="incidents",
    )
    op.create_index(op.f("ix_agreements_customer_id"), "agreements", ["customer_id"], unique=False, schema="incidents")
    op.create_table(
        "assets",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        schema="incidents",
    )
    op.create_index(op.f("ix_assets_customer_id"), "assets", ["customer_id"], unique=False, schema="incidents")
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        schema="incidents",
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        schema="incidents",
    )
    op.create_index(
        op.f("ix_departments_customer_id"), "departments", ["customer_id"], unique=False, schema="incidents"
    )
    op.create_table(
        "incidents",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("contract_number", sa.String(), nullable=True),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=True),
        sa.Column("contact_locale", sa.String(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault_class", sa.String(), nullable=True),
        sa.Column("analysis", sa.String(), nullable=True),
        sa.Column("quickly_solvable", sa.Boolean(), nullable=True),
        sa.Column("key_business_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("classified_by", sa.Uuid(), nullable=True),
        sa.Column("classified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("engineer_id", sa.Uuid(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superior_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solution", sa.String(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('api', 'hotline', 'mail', 'portal', 'monitoring')", name=op.f("ck_incidents_channel")
        ),
        sa.CheckConstraint(
            "fault_class IN ('device', 'line', 'software', 'power_or_connection', 'other')",
            name=op.f("ck_incidents_fault_class"),
        ),
        sa.CheckConstraint(
            "severity IN ('general', 'major', 'disaster', 'consultation')", name=op.f("ck_incidents_severity")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'acknowledged', 'in_progress', 'resolved', 'confirmed', 'closed')",
            name=op.f("ck_incidents_state"),
        ),
        sa.CheckConstraint("covered = (agreement_id IS NOT NULL)", name=op.f("ck_incidents_covered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
        schema="incidents",
    )
    op.create_index(op.f("ix_incidents_customer_id"), "incidents", ["customer_id"], unique=False, schema="incidents")
    op.create_table(
        "key_businesses",
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_businesses")),
        schema="incidents",
    )
    op.create_index(
        op.f("ix_key_businesses_customer_id"), "key_businesses", ["customer_id"], unique=False, schema="incidents"
    )
    op.create_table(
        "numbers",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_numbers")),
        schema="incidents",
    )
    op.create_table(
        "people",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        schema="incidents",
    )
    op.create_table(
        "sites",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        schema="incidents",
    )
    op.create_index(op.f("ix_sites_customer_id"), "sites", ["customer_id"], unique=False, schema="incidents")
    op.create_table(
        "clocks",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_percent", sa.Integer(), nullable=False),
        sa.Column("breach_said", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('respond', 'on_site', 'resolve', 'plan_requested', 'plan_decided', 'superior_told')",
            name=op.f("ck_clocks_kind"),
        ),
        sa.CheckConstraint("unit IN ('seconds', 'working_seconds', 'working_days')", name=op.f("ck_clocks_unit")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_clocks_amount")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_clocks_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint(
            "incident_id",
            "kind",
            "activation_id",
            name=op.f("uq_clocks_incident_id_kind_activation_id"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="incidents",
    )
    op.create_table(
        "timeline",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_timeline_incident_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_timeline")),
        schema="incidents",
    )
    op.create_index(
        op.f("ix_timeline_incident_id_at"), "timeline", ["incident_id", "at"], unique=False, schema="incidents"
    )
    op.create_table(
        "visits",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("engineer_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service_record", sa.String(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'en_route', 'arrived', 'done')", name=op.f("ck_visits_state")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_visits_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        schema="incidents",
    )
    op.create_index(op.f("ix_visits_customer_id"), "visits", ["customer_id"], unique=False, schema="incidents")
    op.create_index(op.f("ix_visits_incident_id"), "visits", ["incident_id"], unique=False, schema="incidents")
    protect(
        "incidents",
        "customers",
        "sites",
        "assets",
        "departments",
        "key_businesses",
        "agreements",
        "incidents",
        "clocks",
        "visits",
        "timeline",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_visits_incident_id"), table_name="visits", schema="incidents")
    op.drop_index(op.f("ix_visits_customer_id"), table_name="visits", schema="incidents")
    op.drop_table("visits", schema="incidents")
    op.drop_index(op.f("ix_timeline_incident_id_at"), table_name="timeline", schema="incidents")
    op.drop_table("timeline", schema="incidents")
    op.drop_table("clocks", schema="incidents")
    op.drop_index(op.f("ix_sites_customer_id"), table_name="sites", schema="incidents")
    op.drop_table("sites", schema="incidents")
    op.drop_table("people", schema="incidents")
    op.drop_table("numbers", schema="incidents")
    op.drop_index(op.f("ix_key_businesses_customer_id"), table_name="key_businesses", schema="incidents")
    op.drop_table("key_businesses", schema="incidents")
    op.drop_index(op.f("ix_incidents_customer_id"), table_name="incidents", schema="incidents")
    op.drop_table("incidents", schema="incidents")
    op.drop_index(op.f("ix_departments_customer_id"), table_name="departments", schema="incidents")
    op.drop_table("departments", schema="incidents")
    op.drop_table("customers", schema="incidents")
    op.drop_index(op.f("ix_assets_customer_id"), table_name="assets", schema="incidents")
    op.drop_table("assets", schema="incidents")
    op.drop_index(op.f("ix_agreements_customer_id"), table_name="agreements", schema="incidents")
    op.drop_table("agreements", schema="incidents")
    drop_mechanisms("incidents")
