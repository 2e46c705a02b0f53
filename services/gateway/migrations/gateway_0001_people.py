"""people

Revision ID: gateway_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_mechanisms, drop_mechanisms, protect

revision = "gateway_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mechanisms("gateway")
    op.create_table(
        "keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_keys_key_hash")),
        schema="gateway",
    )
    op.create_index(op.f("ix_keys_customer_id"), "keys", ["customer_id"], unique=False, schema="gateway")
    op.create_table(
        "people",
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "customer_id IS NULL OR roles <@ ARRAY['customer_user', 'emergency_team', 'leader', 'superior']::text[]",
            name=op.f("ck_people_roles"),
        ),
        sa.CheckConstraint("locale IN ('zh-CN', 'en')", name=op.f("ck_people_locale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        schema="gateway",
    )
    op.create_index(op.f("ix_people_customer_id"), "people", ["customer_id"], unique=False, schema="gateway")
    op.create_table(
        "sign_in_tries",
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email_hash", name=op.f("pk_sign_in_tries")),
        schema="gateway",
    )
    op.create_index("ix_sign_in_tries_first_at", "sign_in_tries", ["first_at"], unique=False, schema="gateway")
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["gateway.people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        schema="gateway",
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False, schema="gateway")
    protect("gateway", "people", "keys")


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions", schema="gateway")
    op.drop_table("sessions", schema="gateway")
    op.drop_index("ix_sign_in_tries_first_at", table_name="sign_in_tries", schema="gateway")
    op.drop_table("sign_in_tries", schema="gateway")
    op.drop_index(op.f("ix_people_customer_id"), table_name="people", schema="gateway")
    op.drop_table("people", schema="gateway")
    op.drop_index(op.f("ix_keys_customer_id"), table_name="keys", schema="gateway")
    op.drop_table("keys", schema="gateway")
    drop_mechanisms("gateway")
