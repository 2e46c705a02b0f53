"""Adding to the timeline."""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import customer_of
from services.incidents.timeline.domain import kept
from shared.bus import Envelope
from shared.db import tenants_driver

RECORD = """
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, causation_id, data)
SELECT $1, customer_id, id, $3, $4, $5, $6, $7, $8 FROM incidents.incidents WHERE id = $2
ON CONFLICT DO NOTHING RETURNING event_id
"""
"""One prepared statement: every event about an incident passes here."""


async def record(session: AsyncSession, envelope: Envelope) -> None:
    """Add an event to its incident's timeline, once; one that is about no incident is left out.

    The tenant is the incident's own, whatever the envelope says. Raises IncidentNotFound.
    """
    about = envelope.data.get("incident_id")
    if about is None:
        return
    incident_id = UUID(about)
    entered = await (await tenants_driver(session)).fetchval(
        RECORD,
        envelope.id,
        incident_id,
        envelope.type,
        envelope.time,
        envelope.sequence,
        envelope.actor,
        envelope.causationid,
        orjson.dumps(kept(envelope.type, envelope.data)).decode(),
    )
    if entered is None:
        await customer_of(session, incident_id)
