"""first_tables

Revision ID: escalation_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "escalation_0001"
down_revision = None
branch_labels = None
depends_on = None

SETTLED_LATER = {
    "plans": "state, version, approved_by, approved_at, in_force_at, ended_at",
    "drills": "passed, score, summary, evaluated_by, evaluated_at",
}
"""All that the running role may change in these tables: what a version says is settled once it is written."""


def upgrade() -> None:
    create_mechanisms("escalation")
    op.create_table(
        "alarms",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('raised', 'acknowledged', 'stopped')", name=op.f("ck_alarms_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        schema="escalation",
    )
    op.create_index(op.f("ix_alarms_about_id"), "alarms", ["about_id"], unique=False, schema="escalation")
    op.create_index(op.f("ix_alarms_customer_id"), "alarms", ["customer_id"], unique=False, schema="escalation")
    op.create_index(op.f("ix_alarms_incident_id"), "alarms", ["incident_id"], unique=False, schema="escalation")
    op.create_table(
        "emergencies",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("fault_class", sa.String(), nullable=False),
        sa.Column("analysis", sa.String(), nullable=False),
        sa.Column("key_business_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leader_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("leaders_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superior_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("superior_informed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_emergencies_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergencies")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_emergencies_incident_id")),
        schema="escalation",
    )
    op.create_index(
        op.f("ix_emergencies_customer_id"), "emergencies", ["customer_id"], unique=False, schema="escalation"
    )
    op.create_table(
        "engagements",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("party_name", sa.String(), nullable=False),
        sa.Column("party_email", sa.String(), nullable=True),
        sa.Column("party_locale", sa.String(), nullable=False),
        sa.Column("fault_class", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contacted_by", sa.Uuid(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('contacted', 'accepted', 'arrived', 'done')", name=op.f("ck_engagements_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        schema="escalation",
    )
    op.create_index(
        op.f("ix_engagements_customer_id"), "engagements", ["customer_id"], unique=False, schema="escalation"
    )
    op.create_index(
        op.f("ix_engagements_incident_id"), "engagements", ["incident_id"], unique=False, schema="escalation"
    )
    op.create_table(
        "incidents",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("fault_class", sa.String(), nullable=True),
        sa.Column("analysis", sa.String(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("key_business_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        schema="escalation",
    )
    op.create_index(op.f("ix_incidents_customer_id"), "incidents", ["customer_id"], unique=False, schema="escalation")
    op.create_table(
        "organisations",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("team_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("leader_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("superior_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_organisations")),
        schema="escalation",
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
        schema="escalation",
    )
    op.create_table(
        "plans",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("fault_class", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("key_business_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'in_drill', 'drilled', 'approved', 'in_force', 'superseded', 'retired')",
            name=op.f("ck_plans_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("customer_id", "name_zh", "revision", name=op.f("uq_plans_customer_id_name_zh_revision")),
        schema="escalation",
    )
    op.create_index(op.f("ix_plans_customer_id"), "plans", ["customer_id"], unique=False, schema="escalation")
    op.create_index(
        "uq_plans_in_force",
        "plans",
        ["customer_id", "name_zh"],
        unique=True,
        schema="escalation",
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "activations",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("plan_name_zh", sa.String(), nullable=False),
        sa.Column("plan_name_en", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_seconds", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'authorised', 'refused', 'withdrawn', 'completed')",
            name=op.f("ck_activations_state"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["escalation.plans.id"], name=op.f("fk_activations_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activations")),
        schema="escalation",
    )
    op.create_index(
        op.f("ix_activations_customer_id"), "activations", ["customer_id"], unique=False, schema="escalation"
    )
    op.create_index(
        op.f("ix_activations_incident_id"), "activations", ["incident_id"], unique=False, schema="escalation"
    )
    op.create_index(
        "uq_activations_standing",
        "activations",
        ["incident_id", "plan_id"],
        unique=True,
        schema="escalation",
        postgresql_where=sa.text("state IN ('requested', 'authorised')"),
    )
    op.create_table(
        "drills",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("participant_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("composition", sa.Double(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("evaluated_by", sa.Uuid(), nullable=True),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(evaluated_at IS NULL) = (passed IS NULL)", name=op.f("ck_drills_evaluated")),
        sa.ForeignKeyConstraint(["plan_id"], ["escalation.plans.id"], name=op.f("fk_drills_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        schema="escalation",
    )
    op.create_index(op.f("ix_drills_customer_id"), "drills", ["customer_id"], unique=False, schema="escalation")
    op.create_index(op.f("ix_drills_plan_id"), "drills", ["plan_id"], unique=False, schema="escalation")
    op.create_index(
        "uq_drills_running",
        "drills",
        ["plan_id"],
        unique=True,
        schema="escalation",
        postgresql_where=sa.text("evaluated_at IS NULL"),
    )
    op.create_table(
        "plan_steps",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("after", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("measure IN ('it', 'non_it')", name=op.f("ck_plan_steps_measure")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_plan_steps_minutes")),
        sa.ForeignKeyConstraint(["plan_id"], ["escalation.plans.id"], name=op.f("fk_plan_steps_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_steps")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_steps_plan_id_position")),
        schema="escalation",
    )
    op.create_index(op.f("ix_plan_steps_customer_id"), "plan_steps", ["customer_id"], unique=False, schema="escalation")
    op.create_table(
        "activation_steps",
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("after", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'started', 'completed')", name=op.f("ck_activation_steps_state")),
        sa.ForeignKeyConstraint(
            ["activation_id"], ["escalation.activations.id"], name=op.f("fk_activation_steps_activation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_steps")),
        sa.UniqueConstraint("activation_id", "position", name=op.f("uq_activation_steps_activation_id_position")),
        schema="escalation",
    )
    op.create_index(
        op.f("ix_activation_steps_customer_id"), "activation_steps", ["customer_id"], unique=False, schema="escalation"
    )
    op.create_table(
        "decisions",
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("information", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("choice IN ('authorise', 'refuse')", name=op.f("ck_decisions_choice")),
        sa.ForeignKeyConstraint(
            ["activation_id"], ["escalation.activations.id"], name=op.f("fk_decisions_activation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("activation_id", "person_id", name=op.f("uq_decisions_activation_id_person_id")),
        schema="escalation",
    )
    op.create_index(op.f("ix_decisions_customer_id"), "decisions", ["customer_id"], unique=False, schema="escalation")
    op.create_table(
        "part_call_ups",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("called_up_by", sa.Uuid(), nullable=False),
        sa.Column("called_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unanswered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("depot_name_zh", sa.String(), nullable=True),
        sa.Column("depot_name_en", sa.String(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('called_up', 'reserved', 'refused', 'expired', 'released')",
            name=op.f("ck_part_call_ups_state"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_part_call_ups_quantity")),
        sa.ForeignKeyConstraint(
            ["activation_id"], ["escalation.activations.id"], name=op.f("fk_part_call_ups_activation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_call_ups")),
        schema="escalation",
    )
    op.create_index(
        op.f("ix_part_call_ups_customer_id"), "part_call_ups", ["customer_id"], unique=False, schema="escalation"
    )
    op.create_index(
        op.f("ix_part_call_ups_incident_id"), "part_call_ups", ["incident_id"], unique=False, schema="escalation"
    )
    protect(
        "escalation",
        "activation_steps",
        "activations",
        "alarms",
        "decisions",
        "drills",
        "emergencies",
        "engagements",
        "incidents",
        "organisations",
        "part_call_ups",
        "plan_steps",
        "plans",
    )
    op.execute("REVOKE UPDATE, DELETE ON escalation.plan_steps, escalation.decisions FROM escalation")
    for table, columns in SETTLED_LATER.items():
        op.execute(f"REVOKE UPDATE, DELETE ON escalation.{table} FROM escalation")
        op.execute(f"GRANT UPDATE ({columns}) ON escalation.{table} TO escalation")


def downgrade() -> None:
    op.drop_index(op.f("ix_part_call_ups_incident_id"), table_name="part_call_ups", schema="escalation")
    op.drop_index(op.f("ix_part_call_ups_customer_id"), table_name="part_call_ups", schema="escalation")
    op.drop_table("part_call_ups", schema="escalation")
    op.drop_index(op.f("ix_decisions_customer_id"), table_name="decisions", schema="escalation")
    op.drop_table("decisions", schema="escalation")
    op.drop_index(op.f("ix_activation_steps_customer_id"), table_name="activation_steps", schema="escalation")
    op.drop_table("activation_steps", schema="escalation")
    op.drop_index(op.f("ix_plan_steps_customer_id"), table_name="plan_steps", schema="escalation")
    op.drop_table("plan_steps", schema="escalation")
    op.drop_index(
        "uq_drills_running", table_name="drills", schema="escalation", postgresql_where=sa.text("evaluated_at IS NULL")
    )
    op.drop_index(op.f("ix_drills_plan_id"), table_name="drills", schema="escalation")
    op.drop_index(op.f("ix_drills_customer_id"), table_name="drills", schema="escalation")
    op.drop_table("drills", schema="escalation")
    op.drop_index(
        "uq_activations_standing",
        table_name="activations",
        schema="escalation",
        postgresql_where=sa.text("state IN ('requested', 'authorised')"),
    )
    op.drop_index(op.f("ix_activations_incident_id"), table_name="activations", schema="escalation")
    op.drop_index(op.f("ix_activations_customer_id"), table_name="activations", schema="escalation")
    op.drop_table("activations", schema="escalation")
    op.drop_index(
        "uq_plans_in_force", table_name="plans", schema="escalation", postgresql_where=sa.text("state = 'in_force'")
    )
    op.drop_index(op.f("ix_plans_customer_id"), table_name="plans", schema="escalation")
    op.drop_table("plans", schema="escalation")
    op.drop_table("people", schema="escalation")
    op.drop_table("organisations", schema="escalation")
    op.drop_index(op.f("ix_incidents_customer_id"), table_name="incidents", schema="escalation")
    op.drop_table("incidents", schema="escalation")
    op.drop_index(op.f("ix_engagements_incident_id"), table_name="engagements", schema="escalation")
    op.drop_index(op.f("ix_engagements_customer_id"), table_name="engagements", schema="escalation")
    op.drop_table("engagements", schema="escalation")
    op.drop_index(op.f("ix_emergencies_customer_id"), table_name="emergencies", schema="escalation")
    op.drop_table("emergencies", schema="escalation")
    op.drop_index(op.f("ix_alarms_incident_id"), table_name="alarms", schema="escalation")
    op.drop_index(op.f("ix_alarms_customer_id"), table_name="alarms", schema="escalation")
    op.drop_index(op.f("ix_alarms_about_id"), table_name="alarms", schema="escalation")
    op.drop_table("alarms", schema="escalation")
    drop_mechanisms("escalation")
