"""Timelines tell of clocks together: what was told of one is told as one of several.

Revision ID: incidents_0008
Revises: incidents_0007
"""

from __future__ import annotations

from alembic import op

revision = "incidents_0008"
down_revision = "incidents_0007"
branch_labels = None
depends_on = None

AS_SYSTEM = "SELECT set_config('aftercare.scope', 'system', true)"
"""Row-level security holds for the owner of the tables too."""
TOGETHER = """
UPDATE incidents.timeline SET type = 'incidents.clocks_armed.v1', data = jsonb_build_object(
    'incident_id', data -> 'incident_id', 'customer_id', data -> 'customer_id',
    'clocks', jsonb_build_array(
        jsonb_build_object('clock_id', event_id, 'about_id', null, 'pauses', '[]'::jsonb)
        || (data - 'incident_id' - 'customer_id')
    )
)
WHERE type = 'incidents.clock_armed.v1'
"""
APART = """
WITH told AS (DELETE FROM incidents.timeline WHERE type = 'incidents.clocks_armed.v1' RETURNING *)
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, causation_id, data)
SELECT md5(told.event_id::text || place)::uuid, told.customer_id, told.incident_id, 'incidents.clock_armed.v1',
    told.at, told.sequence, told.actor, told.causation_id,
    clock || jsonb_build_object('incident_id', told.incident_id, 'customer_id', told.customer_id)
FROM told, jsonb_array_elements(told.data -> 'clocks') WITH ORDINALITY AS each (clock, place)
"""


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(TOGETHER)


def downgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(APART)
