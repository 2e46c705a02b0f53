"""Taking over what other services say; an older snapshot never replaces a newer one."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies.domain import facts_of
from services.escalation.copies.models import Incident, Organisation, Person
from shared.bus import Envelope
from shared.copies import keep_newest
from shared.events import REGISTRY
from shared.events.contracts import EmergencyOrganisationChanged
from shared.events.gateway import PersonChanged


async def copy_incident(session: AsyncSession, envelope: Envelope) -> None:
    """Take over what the event settles. A mere move of an incident never heard of has no row to settle it in."""
    facts = facts_of(REGISTRY[envelope.type].model_validate(envelope.data)) | {"sequence": envelope.sequence}
    incident_id = envelope.subject
    if "number" not in facts:
        known = update(Incident).where(Incident.id == incident_id, Incident.sequence < envelope.sequence)
        await session.execute(known.values(facts))
        return
    await keep_newest(session, Incident, {"id": incident_id, **facts})


async def copy_organisation(session: AsyncSession, envelope: Envelope) -> None:
    event = EmergencyOrganisationChanged.model_validate(envelope.data)
    row = event.model_dump(include={"customer_id", "team_ids", "leader_ids", "quorum", "superior_ids"})
    await keep_newest(session, Organisation, {**row, "sequence": envelope.sequence})


async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    event = PersonChanged.model_validate(envelope.data)
    row = event.model_dump(include={"name_zh", "name_en", "roles", "active"})
    await keep_newest(session, Person, {"id": event.person_id, **row, "sequence": envelope.sequence})
