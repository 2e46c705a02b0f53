"""Taking over what other services say; an older snapshot never replaces a newer one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies.domain import facts_of
from services.escalation.copies.models import Incident, Organisation, Person
from shared.bus import Envelope
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
    await _upsert(session, Incident, "id", {"id": incident_id, **facts})


async def copy_organisation(session: AsyncSession, envelope: Envelope) -> None:
    event = EmergencyOrganisationChanged.model_validate(envelope.data)
    row = event.model_dump(include={"customer_id", "team_ids", "leader_ids", "quorum", "superior_ids"})
    await _upsert(session, Organisation, "customer_id", {**row, "sequence": envelope.sequence})


async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    event = PersonChanged.model_validate(envelope.data)
    row = event.model_dump(include={"name_zh", "name_en", "roles", "active"})
    await _upsert(session, Person, "id", {"id": event.person_id, **row, "sequence": envelope.sequence})


async def _upsert(session: AsyncSession, model: Any, key: str, row: dict[str, Any]) -> None:
    await session.execute(_newer(model, key, tuple(row)), [row])


@cache
def _newer(model: Any, key: str, columns: tuple[str, ...]) -> Insert:
    """Built once per kind of row: every move of every incident passes here."""
    statement = insert(model)
    newer = {name: getattr(statement.excluded, name) for name in columns if name != key}
    return statement.on_conflict_do_update(
        index_elements=[key], set_=newer, where=model.sequence < statement.excluded.sequence
    )
