"""Joint analyses of difficult problems, who takes part, and what is supposed.

Revision ID: incidents_0005
Revises: incidents_0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "incidents_0005"
down_revision = "incidents_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint_analyses",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("convened_by", sa.Uuid(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("concluded_by", sa.Uuid(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'concluded')", name=op.f("ck_joint_analyses_state")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.incidents.id"], name=op.f("fk_joint_analyses_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_analyses")),
        schema="incidents",
    )
    for column in ("incident_id", "customer_id"):
        op.create_index(op.f(f"ix_joint_analyses_{column}"), "joint_analyses", [column], schema="incidents")
    op.create_table(
        "participants",
        sa.Column("analysis_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("team IN ('site', 'regional', 'headquarters')", name=op.f("ck_participants_team")),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["incidents.joint_analyses.id"], name=op.f("fk_participants_analysis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint("analysis_id", "person_id", name=op.f("uq_participants_analysis_id_person_id")),
        schema="incidents",
    )
    op.create_index(op.f("ix_participants_customer_id"), "participants", ["customer_id"], schema="incidents")
    op.create_table(
        "hypotheses",
        sa.Column("analysis_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("verdict IN ('proposed', 'confirmed', 'rejected')", name=op.f("ck_hypotheses_verdict")),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["incidents.joint_analyses.id"], name=op.f("fk_hypotheses_analysis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypotheses")),
        schema="incidents",
    )
    for column in ("analysis_id", "customer_id"):
        op.create_index(op.f(f"ix_hypotheses_{column}"), "hypotheses", [column], schema="incidents")
    protect("incidents", "joint_analyses", "participants", "hypotheses")


def downgrade() -> None:
    for table in ("hypotheses", "participants", "joint_analyses"):
        op.drop_table(table, schema="incidents")
