"""What is said and attached about an incident, who watches it, the time it took, its tags; and saved views.

Revision ID: incidents_0007
Revises: incidents_0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "incidents_0007"
down_revision = "incidents_0006"
branch_labels = None
depends_on = None

OF_INCIDENTS = ("comments", "attachments", "watchers", "time_entries", "incident_tags")
VISIBILITIES = "visibility IN ('public', 'internal')"
WITHDRAWN = "num_nulls(withdrawn_at, withdrawn_by, withdrawal) IN (0, 3)"
Named = dict[str, sa.types.TypeEngine[Any]]
TEXT, WHOLE, FLAG, ID = sa.String(), sa.Integer(), sa.Boolean(), sa.Uuid()
MOMENT, DAY = sa.DateTime(timezone=True), sa.Date()


def upgrade() -> None:
    _comments()
    _attachments()
    _watchers()
    _time_entries()
    _tags()
    protect("incidents", *OF_INCIDENTS)
    _views()


def _comments() -> None:
    said: Named = {"visibility": TEXT, "text": TEXT, "author": TEXT, "author_name": TEXT, "from_customer": FLAG}
    _create(
        "comments",
        said | {"written_at": MOMENT},
        {"written_on_id": ID, "origin_id": ID},
        sa.CheckConstraint(VISIBILITIES, name=op.f("ck_comments_visibility")),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name=op.f("ck_comments_text")),
        sa.ForeignKeyConstraint(["origin_id"], ["incidents.comments.id"], name=op.f("fk_comments_origin_id")),
        sa.ForeignKeyConstraint(["written_on_id"], ["incidents.incidents.id"], name=op.f("fk_comments_written_on_id")),
    )
    _index("comments", "incident_id", "id")


def _attachments() -> None:
    file: Named = {"number": TEXT, "name": TEXT, "media_type": TEXT, "size": sa.BigInteger(), "sha256": TEXT}
    _create(
        "attachments",
        file | {"visibility": TEXT, "author": TEXT, "author_name": TEXT, "added_at": MOMENT},
        {"withdrawn_at": MOMENT, "withdrawn_by": TEXT, "withdrawal": TEXT},
        sa.CheckConstraint(VISIBILITIES, name=op.f("ck_attachments_visibility")),
        sa.CheckConstraint(WITHDRAWN, name=op.f("ck_attachments_withdrawn")),
    )
    _index("attachments", "incident_id")
    _index("attachments", "sha256", postgresql_where=sa.text("withdrawn_at IS NULL"))


def _watchers() -> None:
    op.create_table(
        "watchers",
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("of_customer", FLAG, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        _of_incident("watchers"),
        sa.PrimaryKeyConstraint("incident_id", "person_id", name=op.f("pk_watchers")),
        schema="incidents",
    )
    _index("watchers", "customer_id")


def _time_entries() -> None:
    spent: Named = {"person_id": ID, "person_name": TEXT, "work": TEXT, "minutes": WHOLE, "spent_on": DAY}
    _create(
        "time_entries",
        spent | {"entered_at": MOMENT},
        {"contract_number": TEXT, "note": TEXT, "withdrawn_at": MOMENT, "withdrawal": TEXT},
        sa.CheckConstraint("work IN ('remote', 'on_site', 'travel')", name=op.f("ck_time_entries_work")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_time_entries_minutes")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawal IS NULL)", name=op.f("ck_time_entries_withdrawn")),
    )
    _index("time_entries", "incident_id")


def _tags() -> None:
    once = sa.UniqueConstraint("incident_id", "tag", name=op.f("uq_incident_tags_incident_id_tag"))
    _create("incident_tags", {"tag": TEXT}, {}, once)
    _index("incident_tags", "tag", "incident_id")


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("shared", FLAG, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_views_owner_id_name")),
        schema="incidents",
    )
    op.create_index("ix_views_shared", "views", ["id"], schema="incidents", postgresql_where=sa.text("shared"))


def _create(table: str, required: Named, optional: Named, *constraints: sa.Constraint) -> None:
    """A table of rows with ids that are about an incident and of its customer."""
    op.create_table(
        table,
        *(sa.Column(name, ID, nullable=False) for name in ("id", "customer_id", "incident_id")),
        *(sa.Column(name, kind, nullable=False) for name, kind in required.items()),
        *(sa.Column(name, kind, nullable=True) for name, kind in optional.items()),
        _of_incident(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *constraints,
        schema="incidents",
    )
    _index(table, "customer_id")


def _of_incident(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f(f"fk_{table}_incident_id"))


def _index(table: str, *columns: str, **options: Any) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, [*columns], schema="incidents", **options)


def downgrade() -> None:
    for table in ("views", *OF_INCIDENTS):
        op.drop_table(table, schema="incidents")
