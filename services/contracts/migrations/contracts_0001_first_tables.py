"""first_tables

Revision ID: contracts_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "contracts_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mechanisms("contracts")
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
        schema="contracts",
    )
    op.create_table(
        "contracts",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("site_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_contracts_term")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_contracts_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
        schema="contracts",
    )
    op.create_index(op.f("ix_contracts_customer_id"), "contracts", ["customer_id"], unique=False, schema="contracts")
    op.create_table(
        "departments",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_departments_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        schema="contracts",
    )
    op.create_index(
        op.f("ix_departments_customer_id"), "departments", ["customer_id"], unique=False, schema="contracts"
    )
    op.create_table(
        "emergency_organisations",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("team_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("leader_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("superior_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quorum >= 1 AND quorum <= cardinality(leader_ids)", name=op.f("ck_emergency_organisations_quorum")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_emergency_organisations_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_emergency_organisations")),
        schema="contracts",
    )
    op.create_table(
        "sites",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_sites_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        schema="contracts",
    )
    op.create_index(op.f("ix_sites_customer_id"), "sites", ["customer_id"], unique=False, schema="contracts")
    op.create_table(
        "agreements",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provider_signed_by", sa.String(), nullable=True),
        sa.Column("provider_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_signed_by", sa.String(), nullable=True),
        sa.Column("customer_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'in_force', 'superseded')", name=op.f("ck_agreements_state")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.contracts.id"], name=op.f("fk_agreements_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("contract_id", "revision", name=op.f("uq_agreements_contract_id_revision")),
        schema="contracts",
    )
    op.create_index(op.f("ix_agreements_contract_id"), "agreements", ["contract_id"], unique=False, schema="contracts")
    op.create_index(op.f("ix_agreements_customer_id"), "agreements", ["customer_id"], unique=False, schema="contracts")
    op.create_index(
        "uq_agreements_in_force",
        "agreements",
        ["contract_id"],
        unique=True,
        schema="contracts",
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "assets",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("criticality", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_assets_customer_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["contracts.sites.id"], name=op.f("fk_assets_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("customer_id", "serial", name=op.f("uq_assets_customer_id_serial")),
        schema="contracts",
    )
    op.create_index(op.f("ix_assets_customer_id"), "assets", ["customer_id"], unique=False, schema="contracts")
    op.create_index(op.f("ix_assets_site_id"), "assets", ["site_id"], unique=False, schema="contracts")
    op.create_table(
        "key_businesses",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("dependence", sa.String(), nullable=False),
        sa.Column("tolerable_outage_seconds", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("dependence IN ('general', 'very_high')", name=op.f("ck_key_businesses_dependence")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["contracts.customers.customer_id"], name=op.f("fk_key_businesses_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["contracts.departments.id"], name=op.f("fk_key_businesses_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_businesses")),
        schema="contracts",
    )
    op.create_index(
        op.f("ix_key_businesses_customer_id"), "key_businesses", ["customer_id"], unique=False, schema="contracts"
    )
    protect(
        "contracts",
        "customers",
        "sites",
        "departments",
        "assets",
        "key_businesses",
        "contracts",
        "agreements",
        "emergency_organisations",
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_key_businesses_customer_id"), table_name="key_businesses", schema="contracts")
    op.drop_table("key_businesses", schema="contracts")
    op.drop_index(op.f("ix_assets_site_id"), table_name="assets", schema="contracts")
    op.drop_index(op.f("ix_assets_customer_id"), table_name="assets", schema="contracts")
    op.drop_table("assets", schema="contracts")
    op.drop_index(
        "uq_agreements_in_force",
        table_name="agreements",
        schema="contracts",
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.drop_index(op.f("ix_agreements_customer_id"), table_name="agreements", schema="contracts")
    op.drop_index(op.f("ix_agreements_contract_id"), table_name="agreements", schema="contracts")
    op.drop_table("agreements", schema="contracts")
    op.drop_index(op.f("ix_sites_customer_id"), table_name="sites", schema="contracts")
    op.drop_table("sites", schema="contracts")
    op.drop_table("emergency_organisations", schema="contracts")
    op.drop_index(op.f("ix_departments_customer_id"), table_name="departments", schema="contracts")
    op.drop_table("departments", schema="contracts")
    op.drop_index(op.f("ix_contracts_customer_id"), table_name="contracts", schema="contracts")
    op.drop_table("contracts", schema="contracts")
    op.drop_table("customers", schema="contracts")
    drop_mechanisms("contracts")
