"""The whole life of an incident: more states, priority, teams, pauses, merging, parents; warnings of each clock.

Incidents of before are of medium priority and at the desk's, or at the site team's when an engineer had them.

Revision ID: incidents_0004
Revises: incidents_0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "incidents_0004"
down_revision = "incidents_0003"
branch_labels = None
depends_on = None

LEVELS = "('high', 'medium', 'low')"
FORMER_STATES = "('reported', 'acknowledged', 'in_progress', 'resolved', 'confirmed', 'closed')"
STATES = (
    "('reported', 'acknowledged', 'triaged', 'in_progress', 'waiting', 'resolved', 'confirmed', 'closed', "
    "'cancelled', 'merged')"
)
FORMER_KINDS = "('respond', 'on_site', 'resolve', 'plan_requested', 'plan_decided', 'superior_told')"
KINDS = "('respond', 'on_site', 'resolve', 'plan_requested', 'plan_decided', 'superior_told', 'next_update', 'vendor')"
FORMER_CHANNELS = "('api', 'hotline', 'mail', 'portal', 'monitoring')"
CHANNELS = "('api', 'hotline', 'mail', 'portal', 'monitoring', 'direct_call')"
CHECKS = {
    "impact": f"impact IN {LEVELS}",
    "urgency": f"urgency IN {LEVELS}",
    "priority": "priority IN ('critical', 'high', 'medium', 'low')",
    "team": "team IN ('desk', 'site', 'regional', 'headquarters', 'joint_analysis')",
    "cover": "cover IN ('undecided', 'goodwill', 'declined')",
    "former_state": f"former_state IN {STATES}",
    "merged": "(state = 'merged') = (merged_into_id IS NOT NULL)",
    "itself": "merged_into_id <> id AND parent_id <> id",
}
Columns = tuple[tuple[str, sa.types.TypeEngine[Any], str], ...]
INCIDENT: Columns = (
    ("impact", sa.String(), "'medium'"),
    ("urgency", sa.String(), "'medium'"),
    ("priority", sa.String(), "'medium'"),
    ("team", sa.String(), "CASE WHEN engineer_id IS NULL THEN 'desk' ELSE 'site' END"),
    ("registered_at", sa.DateTime(timezone=True), "reported_at"),
)
OPTIONAL: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("cover", sa.String()),
    ("closes_at", sa.DateTime(timezone=True)),
    ("reopened_at", sa.DateTime(timezone=True)),
    ("cancelled_at", sa.DateTime(timezone=True)),
    ("merged_into_id", sa.Uuid()),
    ("merged_at", sa.DateTime(timezone=True)),
    ("former_state", sa.String()),
    ("parent_id", sa.Uuid()),
)
AGREEMENT: Columns = (
    ("applies_to_open", sa.Boolean(), "false"),
    ("withdrawn", sa.Boolean(), "false"),
    ("warning_percents", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("warn_before_seconds", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("pause_reasons", postgresql.ARRAY(sa.Text()), "'{waiting_for_customer}'"),
    ("priorities", postgresql.JSONB(), "'{}'"),
    ("provisional_years", postgresql.ARRAY(sa.Integer()), "'{}'"),
)
CLOCK: Columns = (
    ("warning_percents", postgresql.ARRAY(sa.Integer()), "'{}'"),
    ("warn_before_seconds", postgresql.ARRAY(sa.Integer()), "'{}'"),
)


AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    for name, kind, value in INCIDENT:
        _add_filled("incidents", name, kind, value)
    for name, kind in OPTIONAL:
        op.add_column("incidents", sa.Column(name, kind, nullable=True), schema="incidents")
    op.execute("UPDATE incidents.incidents SET cover = 'undecided' WHERE NOT covered")
    _check_again("incidents", "state", STATES)
    _check_again("incidents", "channel", CHANNELS)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_incidents_{name}"), "incidents", condition, schema="incidents")
    for name in ("merged_into_id", "parent_id"):
        _refer_to_incident("incidents", name)
        op.create_index(
            op.f(f"ix_incidents_{name}"),
            "incidents",
            [name],
            schema="incidents",
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["customer_id", "id"],
        schema="incidents",
        postgresql_where=sa.text("state NOT IN ('cancelled', 'closed', 'merged')"),
    )
    _upgrade_clocks()
    for name, kind, value in AGREEMENT:
        _add_filled("agreements", name, kind, value)
    for name in ("pause_cap_seconds", "close_after_days"):
        op.add_column("agreements", sa.Column(name, sa.Integer(), nullable=True), schema="incidents")
    _create_pauses()
    _create_segments()
    protect("incidents", "pauses", "segments")


def _upgrade_clocks() -> None:
    op.alter_column("clocks", "activation_id", new_column_name="about_id", schema="incidents")
    op.execute(
        "ALTER TABLE incidents.clocks RENAME CONSTRAINT uq_clocks_incident_id_kind_activation_id "
        "TO uq_clocks_incident_id_kind_about_id"
    )
    _check_again("clocks", "kind", KINDS)
    for name, kind, value in CLOCK:
        _add_filled("clocks", name, kind, value)
    op.add_column("clocks", sa.Column("warned_before_seconds", sa.Integer(), nullable=True), schema="incidents")


def _create_pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("disputed_by", sa.Uuid(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute", sa.String(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('waiting_for_customer', 'site_closed', 'agreed_window', 'resolved', 'closed', 'cancelled', "
            "'merged')",
            name=op.f("ck_pauses_reason"),
        ),
        sa.CheckConstraint("until_at >= from_at", name=op.f("ck_pauses_until_at")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_pauses_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
        schema="incidents",
    )
    op.create_index(op.f("ix_pauses_customer_id"), "pauses", ["customer_id"], schema="incidents")
    op.create_index(op.f("ix_pauses_incident_id"), "pauses", ["incident_id"], schema="incidents")
    op.create_index(
        "uq_pauses_open",
        "pauses",
        ["incident_id"],
        unique=True,
        schema="incidents",
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_segments_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        schema="incidents",
    )
    op.create_index(op.f("ix_segments_customer_id"), "segments", ["customer_id"], schema="incidents")
    op.create_index(op.f("ix_segments_incident_id"), "segments", ["incident_id"], schema="incidents")


def _add_filled(table: str, name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column that must have a value, and what it is for the rows there are."""
    op.add_column(table, sa.Column(name, kind, nullable=True), schema="incidents")
    op.execute(f"UPDATE incidents.{table} SET {name} = {value}")
    op.alter_column(table, name, nullable=False, schema="incidents")


def _check_again(table: str, column: str, values: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, schema="incidents", type_="check")
    op.create_check_constraint(name, table, f"{column} IN {values}", schema="incidents")


def _refer_to_incident(table: str, column: str) -> None:
    op.create_foreign_key(
        op.f(f"fk_{table}_{column}"),
        table,
        "incidents",
        [column],
        ["id"],
        source_schema="incidents",
        referent_schema="incidents",
    )


def downgrade() -> None:
    """States that the former form does not know become the nearest that it knows; clocks it does not know are lost."""
    op.execute(AS_SYSTEM)
    op.drop_table("segments", schema="incidents")
    op.drop_table("pauses", schema="incidents")
    for name in (*(name for name, _, _ in AGREEMENT), "pause_cap_seconds", "close_after_days"):
        op.drop_column("agreements", name, schema="incidents")
    op.execute("DELETE FROM incidents.clocks WHERE kind IN ('next_update', 'vendor')")
    _check_again("clocks", "kind", FORMER_KINDS)
    for name in (*(name for name, _, _ in CLOCK), "warned_before_seconds"):
        op.drop_column("clocks", name, schema="incidents")
    op.execute(
        "ALTER TABLE incidents.clocks RENAME CONSTRAINT uq_clocks_incident_id_kind_about_id "
        "TO uq_clocks_incident_id_kind_activation_id"
    )
    op.alter_column("clocks", "about_id", new_column_name="activation_id", schema="incidents")
    op.drop_index("ix_incidents_open", table_name="incidents", schema="incidents")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_incidents_{name}"), "incidents", schema="incidents", type_="check")
    op.execute("UPDATE incidents.incidents SET state = 'in_progress' WHERE state IN ('triaged', 'waiting')")
    op.execute("UPDATE incidents.incidents SET state = 'closed' WHERE state IN ('cancelled', 'merged')")
    op.execute("UPDATE incidents.incidents SET channel = 'hotline' WHERE channel = 'direct_call'")
    _check_again("incidents", "state", FORMER_STATES)
    _check_again("incidents", "channel", FORMER_CHANNELS)
    for name in (*(name for name, _ in OPTIONAL), *(name for name, _, _ in INCIDENT)):
        op.drop_column("incidents", name, schema="incidents")
