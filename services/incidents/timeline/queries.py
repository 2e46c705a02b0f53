"""What can be asked of the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.incidents.queries import customer_of
from services.incidents.settings import Settings
from services.incidents.timeline import domain
from services.incidents.timeline.models import Entry
from shared.db import settings_of


@dataclass(frozen=True)
class Told:
    """An entry as people read it."""

    event_id: UUID
    type: str
    service: str
    at: datetime
    actor: str
    actor_name_zh: str | None
    actor_name_en: str | None
    sentence_zh: str
    sentence_en: str
    causation_id: UUID | None
    data: dict[str, Any]


async def timeline(session: AsyncSession, incident_id: UUID) -> list[Told]:
    """All that happened, by time and then in each subject's order. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    rows = select(Entry).where(Entry.incident_id == incident_id)
    entries = (await session.scalars(rows.order_by(Entry.at, Entry.sequence, Entry.event_id))).all()
    people = await copies.names(session, _people(entries))
    zone = settings_of(session, Settings).time_zone
    return [_told(entry, people, zone) for entry in entries]


def _people(entries: Sequence[Entry]) -> set[UUID | None]:
    inside = {person for entry in entries for person in domain.person_ids(entry.data)}
    return inside | {domain.actor_id(entry.actor) for entry in entries}


def _told(entry: Entry, people: Mapping[UUID, Named], zone: tzinfo) -> Told:
    name_zh, name_en = domain.actor_names(entry.actor, people)
    return Told(
        event_id=entry.event_id,
        type=entry.type,
        service=entry.type.split(".", 1)[0],
        at=entry.at,
        actor=entry.actor,
        actor_name_zh=name_zh,
        actor_name_en=name_en,
        sentence_zh=domain.sentence(entry.type, entry.data, people, "zh", zone),
        sentence_en=domain.sentence(entry.type, entry.data, people, "en", zone),
        causation_id=entry.causation_id,
        data=entry.data,
    )
