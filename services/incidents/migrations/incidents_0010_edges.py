"""What promises could run for, when a clock breaks, what a pause was asked for, ended analyses, related incidents.

Revision ID: incidents_0010
Revises: incidents_0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "incidents_0010"
down_revision = "incidents_0009"
branch_labels = None
depends_on = None

ID, TEXT, MOMENT = sa.Uuid(), sa.String(), sa.DateTime(timezone=True)
STATE = "ck_joint_analyses_state"
AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
OCCASIONS_SO_FAR = """
INSERT INTO incidents.occasions (incident_id, customer_id, kind, about_id, from_at, done_at, noted_at)
SELECT incident_id, customer_id, kind, about_id, min(from_at),
    (
        SELECT min((data ->> done_as)::timestamptz) FROM incidents.timeline AS done
        WHERE done.incident_id = begun.incident_id AND done.type = ANY (done_types)
            AND (done.data ->> about)::uuid = about_id AND coalesce(done.data ->> 'state', 'done') = 'done'
    ),
    min(at)
FROM (
    SELECT entry.incident_id, entry.customer_id, known.kind, (data ->> about)::uuid AS about_id,
        (data ->> begun_as)::timestamptz AS from_at, at, about, done_as, done_types
    FROM incidents.timeline AS entry JOIN (VALUES
        ('escalation.activation_requested.v1', 'plan_decided', 'activation_id', 'requested_at', 'decided_at',
            ARRAY['escalation.activation_authorised.v1', 'escalation.activation_refused.v1']),
        ('escalation.party_engaged.v1', 'vendor', 'engagement_id', 'contacted_at', 'moved_at',
            ARRAY['escalation.engagement_moved.v1'])
    ) AS known (type, kind, about, begun_as, done_as, done_types) ON known.type = entry.type
) AS begun
GROUP BY incident_id, customer_id, kind, about_id, about, done_as, done_types
UNION ALL
SELECT incident_id, customer_id, 'next_update', id, written_at, NULL, written_at FROM incidents.comments
WHERE visibility = 'public' AND NOT from_customer
"""
"""What was said of plans and parties is in the timelines; what told a customer how it stands is a comment."""
WITHDRAWN = """
DELETE FROM incidents.occasions USING incidents.timeline
WHERE timeline.incident_id = occasions.incident_id AND timeline.type = 'escalation.activation_withdrawn.v1'
    AND about_id = (data ->> 'activation_id')::uuid
"""
BREAKS_AT = """
UPDATE incidents.clocks SET breaks_at = timers.due_at FROM incidents.timers
WHERE timers.kind = 'clock_breach' AND timers.state = 'armed' AND timers.subject = clocks.id::text
"""
UNSAID = sa.text("stopped_at IS NULL AND cancelled_at IS NULL AND NOT breach_said")
ASKED_UNTIL = "UPDATE incidents.pauses SET asked_until_at = planned_until_at WHERE until_at IS NULL"
"""Nothing tells whether a planned end was asked for or is the cap: what goes on now ends when it was to end."""
CONCLUDED = "UPDATE incidents.joint_analyses SET state = 'concluded', conclusion = '-' WHERE state = 'ended'"


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    _occasions()
    _relations()
    protect("incidents", "occasions", "relations")
    op.execute(OCCASIONS_SO_FAR)
    op.execute(WITHDRAWN)
    op.add_column("clocks", sa.Column("breaks_at", MOMENT, nullable=True), schema="incidents")
    op.execute(BREAKS_AT)
    op.create_index("ix_clocks_unsaid", "clocks", ["breaks_at"], schema="incidents", postgresql_where=UNSAID)
    op.add_column("pauses", sa.Column("asked_until_at", MOMENT, nullable=True), schema="incidents")
    op.execute(ASKED_UNTIL)
    op.add_column("joint_analyses", sa.Column("ended_at", MOMENT, nullable=True), schema="incidents")
    op.drop_constraint(op.f(STATE), "joint_analyses", schema="incidents")
    op.create_check_constraint(
        op.f(STATE), "joint_analyses", "state IN ('open', 'concluded', 'ended')", schema="incidents"
    )


def _occasions() -> None:
    op.create_table(
        "occasions",
        *(sa.Column(name, ID, nullable=False) for name in ("incident_id", "customer_id", "about_id")),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('plan_decided', 'vendor', 'next_update')", name=op.f("ck_occasions_kind")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incidents.id"], name=op.f("fk_occasions_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "kind", "about_id", name=op.f("pk_occasions")),
        schema="incidents",
    )
    op.create_index(op.f("ix_occasions_customer_id"), "occasions", ["customer_id"], schema="incidents")


def _relations() -> None:
    op.create_table(
        "relations",
        *(sa.Column(name, ID, nullable=False) for name in ("id", "customer_id", "one_id", "other_id")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("reason", "related_by")),
        sa.Column("related_at", MOMENT, nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_relations_order")),
        *(
            sa.ForeignKeyConstraint([name], ["incidents.incidents.id"], name=op.f(f"fk_relations_{name}"))
            for name in ("one_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_relations_one_id_other_id")),
        schema="incidents",
    )
    for column in ("other_id", "customer_id"):
        op.create_index(op.f(f"ix_relations_{column}"), "relations", [column], schema="incidents")


def downgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(CONCLUDED)
    op.drop_constraint(op.f(STATE), "joint_analyses", schema="incidents")
    op.create_check_constraint(op.f(STATE), "joint_analyses", "state IN ('open', 'concluded')", schema="incidents")
    op.drop_column("joint_analyses", "ended_at", schema="incidents")
    op.drop_column("pauses", "asked_until_at", schema="incidents")
    op.drop_column("clocks", "breaks_at", schema="incidents")
    for table in ("relations", "occasions"):
        op.drop_table(table, schema="incidents")
