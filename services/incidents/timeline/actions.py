"""Adding to the timeline."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import customer_of
from services.incidents.timeline.domain import kept
from services.incidents.timeline.models import Entry
from shared.bus import Envelope


async def record(session: AsyncSession, envelope: Envelope) -> None:
    """Add an event to its incident's timeline, once; one that is about no incident is left out.

    The tenant is the incident's own, whatever the envelope says. Raises IncidentNotFound.
    """
    about = envelope.data.get("incident_id")
    if about is None:
        return
    incident_id = UUID(about)
    entry = insert(Entry).values(
        event_id=envelope.id,
        customer_id=await customer_of(session, incident_id),
        incident_id=incident_id,
        type=envelope.type,
        at=envelope.time,
        sequence=envelope.sequence,
        actor=envelope.actor,
        causation_id=envelope.causationid,
        data=kept(envelope.data),
    )
    await session.execute(entry.on_conflict_do_nothing())
