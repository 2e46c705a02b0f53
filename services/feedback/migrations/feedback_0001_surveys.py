"""surveys

Revision ID: feedback_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "feedback_0001"
down_revision = None
branch_labels = None
depends_on = None

ANSWERED_IS_FINAL = """
CREATE FUNCTION feedback.refuse_change_of_answers() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'survey % is answered and cannot be changed', OLD.id; END $$;
"""
ANSWERED_GUARD = """
CREATE TRIGGER answered_is_final BEFORE UPDATE OR DELETE ON feedback.surveys
FOR EACH ROW WHEN (OLD.state = 'answered') EXECUTE FUNCTION feedback.refuse_change_of_answers();
"""


def upgrade() -> None:
    create_mechanisms("feedback")
    op.create_table(
        "surveys",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("contact_locale", sa.String(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("recommend", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (rating IS NOT NULL)", name=op.f("ck_surveys_answered")),
        sa.CheckConstraint("(state = 'not_sent') = (reason IS NOT NULL)", name=op.f("ck_surveys_reason")),
        sa.CheckConstraint("state IN ('sent', 'answered', 'expired', 'not_sent')", name=op.f("ck_surveys_state")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_surveys_rating")),
        sa.CheckConstraint("recommend BETWEEN 0 AND 10", name=op.f("ck_surveys_recommend")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        schema="feedback",
    )
    op.create_index(op.f("ix_surveys_customer_id"), "surveys", ["customer_id"], unique=False, schema="feedback")
    op.create_index(op.f("ix_surveys_incident_id"), "surveys", ["incident_id"], unique=False, schema="feedback")
    op.create_table(
        "links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["feedback.surveys.id"], name=op.f("fk_links_survey_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_links")),
        schema="feedback",
    )
    op.create_index(op.f("ix_links_customer_id"), "links", ["customer_id"], unique=False, schema="feedback")
    op.create_index(op.f("ix_links_survey_id"), "links", ["survey_id"], unique=False, schema="feedback")
    protect("feedback", "surveys", "links")
    op.execute(ANSWERED_IS_FINAL)
    op.execute(ANSWERED_GUARD)


def downgrade() -> None:
    op.drop_index(op.f("ix_links_survey_id"), table_name="links", schema="feedback")
    op.drop_index(op.f("ix_links_customer_id"), table_name="links", schema="feedback")
    op.drop_table("links", schema="feedback")
    op.drop_index(op.f("ix_surveys_incident_id"), table_name="surveys", schema="feedback")
    op.drop_index(op.f("ix_surveys_customer_id"), table_name="surveys", schema="feedback")
    op.drop_table("surveys", schema="feedback")
    op.execute("DROP FUNCTION feedback.refuse_change_of_answers()")
    drop_mechanisms("feedback")
