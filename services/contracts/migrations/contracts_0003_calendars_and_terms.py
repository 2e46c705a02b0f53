"""Named calendars, and what an agreement says beside its figures: pauses, warnings, closing, priorities, withdrawal.

Agreements of before pause while the customer is waited for, never close by themselves and set no priorities.

Revision ID: contracts_0003
Revises: contracts_0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "contracts_0003"
down_revision = "contracts_0002"
branch_labels = None
depends_on = None

AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
FILLED: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("provisional_years", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("applies_to_open", sa.Boolean(), "false"),
    ("warning_percents", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("warn_before_seconds", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("pause_reasons", postgresql.ARRAY(sa.Text()), "'{waiting_for_customer}'"),
    ("priorities", postgresql.JSONB(), "'{}'"),
)
OPTIONAL: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("calendar_id", sa.Uuid()),
    ("pause_cap_seconds", sa.Integer()),
    ("close_after_days", sa.Integer()),
    ("in_force_at", sa.DateTime(timezone=True)),
    ("withdrawn_at", sa.DateTime(timezone=True)),
    ("withdrawn_because", sa.String()),
    ("withdrawn_by_provider", sa.String()),
    ("withdrawn_by_customer", sa.String()),
)
FORMER_STATES = "state IN ('draft', 'in_force', 'superseded')"
STATES = "state IN ('draft', 'in_force', 'superseded', 'withdrawn')"


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    _create_calendars()
    for name, kind, value in FILLED:
        op.add_column("agreements", sa.Column(name, kind, nullable=True), schema="contracts")
        op.execute(f"UPDATE contracts.agreements SET {name} = {value}")
        op.alter_column("agreements", name, nullable=False, schema="contracts")
    for name, kind in OPTIONAL:
        op.add_column("agreements", sa.Column(name, kind, nullable=True), schema="contracts")
    op.execute(
        "UPDATE contracts.agreements SET in_force_at = greatest(provider_signed_at, customer_signed_at) "
        "WHERE state <> 'draft'"
    )
    op.create_foreign_key(
        op.f("fk_agreements_calendar_id"),
        "agreements",
        "calendars",
        ["calendar_id"],
        ["id"],
        source_schema="contracts",
        referent_schema="contracts",
    )
    op.create_index(op.f("ix_agreements_calendar_id"), "agreements", ["calendar_id"], schema="contracts")
    _check_state(STATES)
    op.create_check_constraint(
        op.f("ck_agreements_withdrawn"),
        "agreements",
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
        schema="contracts",
    )


def _create_calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("provisional_years", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(first_year IS NULL) = (last_year IS NULL) AND first_year <= last_year", name=op.f("ck_calendars_years")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("code", name=op.f("uq_calendars_code")),
        schema="contracts",
    )


def _check_state(condition: str) -> None:
    name = op.f("ck_agreements_state")
    op.drop_constraint(name, "agreements", schema="contracts", type_="check")
    op.create_check_constraint(name, "agreements", condition, schema="contracts")


def downgrade() -> None:
    """What was withdrawn was agreed once, and is superseded for those who know no withdrawal."""
    op.execute(AS_SYSTEM)
    op.drop_constraint(op.f("ck_agreements_withdrawn"), "agreements", schema="contracts", type_="check")
    op.execute("UPDATE contracts.agreements SET state = 'superseded' WHERE state = 'withdrawn'")
    _check_state(FORMER_STATES)
    op.drop_index(op.f("ix_agreements_calendar_id"), table_name="agreements", schema="contracts")
    op.drop_constraint(op.f("fk_agreements_calendar_id"), "agreements", schema="contracts", type_="foreignkey")
    for name in [*(column[0] for column in FILLED), *(column[0] for column in OPTIONAL)]:
        op.drop_column("agreements", name, schema="contracts")
    op.drop_table("calendars", schema="contracts")
