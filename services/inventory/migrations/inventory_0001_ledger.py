"""ledger

Revision ID: inventory_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "inventory_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mechanisms("inventory")
    op.create_table(
        "depots",
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("keeper_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depots")),
        schema="inventory",
    )
    op.create_index(op.f("ix_depots_keeper_id"), "depots", ["keeper_id"], unique=False, schema="inventory")
    op.create_table(
        "parts",
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("models", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_parts_lead_time_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
        sa.UniqueConstraint("part_number", name=op.f("uq_parts_part_number")),
        schema="inventory",
    )
    op.create_table(
        "people",
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        schema="inventory",
    )
    op.create_table(
        "sites",
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        schema="inventory",
    )
    op.create_index(op.f("ix_sites_customer_id"), "sites", ["customer_id"], unique=False, schema="inventory")
    op.create_table(
        "balances",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "account IN ('supplier', 'good', 'reserved', 'issued', 'used')", name=op.f("ck_balances_account")
        ),
        sa.CheckConstraint("quantity >= 0 OR account = 'supplier'", name=op.f("ck_balances_quantity")),
        sa.ForeignKeyConstraint(["depot_id"], ["inventory.depots.id"], name=op.f("fk_balances_depot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["inventory.parts.id"], name=op.f("fk_balances_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balances")),
        sa.UniqueConstraint("part_id", "depot_id", "account", name=op.f("uq_balances_part_id_depot_id_account")),
        schema="inventory",
    )
    op.create_table(
        "reservations",
        sa.Column("call_up_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("part_name_zh", sa.String(), nullable=False),
        sa.Column("part_name_en", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("depot_name_zh", sa.String(), nullable=False),
        sa.Column("depot_name_en", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reserved', 'issued', 'released', 'expired', 'used')", name=op.f("ck_reservations_state")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity")),
        sa.ForeignKeyConstraint(["depot_id"], ["inventory.depots.id"], name=op.f("fk_reservations_depot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["inventory.parts.id"], name=op.f("fk_reservations_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("call_up_id", name=op.f("uq_reservations_call_up_id")),
        schema="inventory",
    )
    op.create_index(
        op.f("ix_reservations_customer_id"), "reservations", ["customer_id"], unique=False, schema="inventory"
    )
    op.create_index(op.f("ix_reservations_depot_id"), "reservations", ["depot_id"], unique=False, schema="inventory")
    op.create_index(
        op.f("ix_reservations_incident_id"), "reservations", ["incident_id"], unique=False, schema="inventory"
    )
    op.create_table(
        "movements",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("from_account", sa.String(), nullable=False),
        sa.Column("to_account", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(booking, from_account, to_account) IN (('receive', 'supplier', 'good'), ('reserve', 'good', 'reserved'), "
            "('issue', 'reserved', 'issued'), ('use', 'issued', 'used'), "
            "('release', 'reserved', 'good'), ('expire', 'reserved', 'good'))",
            name=op.f("ck_movements_booking"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_movements_quantity")),
        sa.ForeignKeyConstraint(["depot_id"], ["inventory.depots.id"], name=op.f("fk_movements_depot_id")),
        sa.ForeignKeyConstraint(["part_id"], ["inventory.parts.id"], name=op.f("fk_movements_part_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["inventory.reservations.id"], name=op.f("fk_movements_reservation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        schema="inventory",
    )
    op.create_index(
        "ix_movements_place", "movements", ["part_id", "depot_id", "booked_at"], unique=False, schema="inventory"
    )
    op.create_index(
        op.f("ix_movements_reservation_id"), "movements", ["reservation_id"], unique=False, schema="inventory"
    )
    protect("inventory", "reservations", "sites")
    op.execute("REVOKE UPDATE, DELETE ON inventory.movements FROM inventory")


def downgrade() -> None:
    op.drop_index(op.f("ix_movements_reservation_id"), table_name="movements", schema="inventory")
    op.drop_index("ix_movements_place", table_name="movements", schema="inventory")
    op.drop_table("movements", schema="inventory")
    op.drop_index(op.f("ix_reservations_incident_id"), table_name="reservations", schema="inventory")
    op.drop_index(op.f("ix_reservations_depot_id"), table_name="reservations", schema="inventory")
    op.drop_index(op.f("ix_reservations_customer_id"), table_name="reservations", schema="inventory")
    op.drop_table("reservations", schema="inventory")
    op.drop_table("balances", schema="inventory")
    op.drop_index(op.f("ix_sites_customer_id"), table_name="sites", schema="inventory")
    op.drop_table("sites", schema="inventory")
    op.drop_table("people", schema="inventory")
    op.drop_table("parts", schema="inventory")
    op.drop_index(op.f("ix_depots_keeper_id"), table_name="depots", schema="inventory")
    op.drop_table("depots", schema="inventory")
    drop_mechanisms("inventory")
