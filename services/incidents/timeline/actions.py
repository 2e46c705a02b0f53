"""Adding to the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import customer_of
from services.incidents.timeline.domain import kept
from shared.bus import Envelope
from shared.db import tenants_driver

RECORD = """
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, causation_id, data)
SELECT event_id, customer_id, id, type, at, told.sequence, actor, causation_id, data::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::integer[], $6::text[], $7::uuid[], $8::text[])
    AS told (event_id, incident_id, type, at, sequence, actor, causation_id, data)
JOIN incidents.incidents ON id = incident_id
ON CONFLICT DO NOTHING RETURNING event_id
"""
"""One prepared statement: every event about an incident passes here."""


async def record(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Add events to the timelines of their incidents, each once; one that is about no incident is left out.

    The tenant is the incident's own, whatever the envelope says. Raises IncidentNotFound.
    """
    told = {envelope.id: _entry(envelope) for envelope in envelopes if envelope.data.get("incident_id")}
    if not told:
        return
    rows = await (await tenants_driver(session)).fetch(RECORD, *map(list, zip(*told.values(), strict=True)))
    for event_id in told.keys() - {row["event_id"] for row in rows}:
        await customer_of(session, told[event_id][1])


def _entry(envelope: Envelope) -> tuple[UUID, UUID, str, datetime, int, str, UUID | None, str]:
    return (
        envelope.id,
        UUID(envelope.data["incident_id"]),
        envelope.type,
        envelope.time,
        envelope.sequence,
        envelope.actor,
        envelope.causationid,
        orjson.dumps(kept(envelope.type, envelope.data)).decode(),
    )
