"""What a contract grants can be changed and withdrawn, and time that is withdrawn is taken back where it was counted.

Revision ID: contracts_0005
Revises: contracts_0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "contracts_0005"
down_revision = "contracts_0004"
branch_labels = None
depends_on = None

GRANTED_ONCE = "uq_entitlements_contract_id_item_code_unit"
WHAT = ["contract_id", "item_code", "unit"]
NOT_WITHDRAWN = sa.text("withdrawn_at IS NULL")
AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
OF_WITHDRAWN = "(SELECT id FROM contracts.entitlements WHERE withdrawn_at IS NOT NULL)"


def upgrade() -> None:
    op.add_column("entitlements", sa.Column("withdrawn_at", sa.DateTime(timezone=True)), schema="contracts")
    op.add_column("entitlements", sa.Column("withdrawal", sa.String()), schema="contracts")
    op.create_check_constraint(
        op.f("ck_entitlements_withdrawn"),
        "entitlements",
        "(withdrawn_at IS NULL) = (withdrawal IS NULL)",
        schema="contracts",
    )
    op.drop_constraint(GRANTED_ONCE, "entitlements", schema="contracts")
    op.create_index(GRANTED_ONCE, "entitlements", WHAT, unique=True, schema="contracts", postgresql_where=NOT_WITHDRAWN)
    op.add_column("entitlement_uses", sa.Column("time_entry_id", sa.Uuid()), schema="contracts")
    op.create_index(
        op.f("ix_entitlement_uses_time_entry_id"), "entitlement_uses", ["time_entry_id"], schema="contracts"
    )


def downgrade() -> None:
    """What was withdrawn goes, with its uses: before, there is no place for it beside what was granted since."""
    op.execute(AS_SYSTEM)
    op.execute(f"DELETE FROM contracts.entitlement_uses WHERE entitlement_id IN {OF_WITHDRAWN}")
    op.execute("DELETE FROM contracts.entitlements WHERE withdrawn_at IS NOT NULL")
    op.drop_index(op.f("ix_entitlement_uses_time_entry_id"), "entitlement_uses", schema="contracts")
    op.drop_column("entitlement_uses", "time_entry_id", schema="contracts")
    op.drop_index(GRANTED_ONCE, "entitlements", schema="contracts")
    op.create_unique_constraint(GRANTED_ONCE, "entitlements", WHAT, schema="contracts")
    op.drop_constraint(op.f("ck_entitlements_withdrawn"), "entitlements", schema="contracts")
    op.drop_column("entitlements", "withdrawal", schema="contracts")
    op.drop_column("entitlements", "withdrawn_at", schema="contracts")
