"""What can be asked of the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.incidents.queries import customer_of
from services.incidents.settings import Settings
from services.incidents.timeline import domain
from services.incidents.timeline.models import Entry
from shared.db import context, settings_of


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
    """All that happened, by time and then in each subject's order. Raises IncidentNotFound.

    An incident taken over brings the facts of its record as lines of their own, each at its time. What is internal is
    left out for whoever may not see it.
    """
    await customer_of(session, incident_id)
    rows = select(Entry).where(Entry.incident_id == incident_id)
    if not context(session).sees_internal:
        rows = rows.where(Entry.type.not_in(domain.INTERNAL))
    entries = (await session.scalars(rows.order_by(Entry.at, Entry.sequence, Entry.event_id))).all()
    people = await copies.names(session, _people(entries))
    zone = settings_of(session, Settings).time_zone
    told = [line for entry in entries for line in (_told(entry, people, zone), *_recorded(entry))]
    return sorted(told, key=lambda line: line.at)


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


def _recorded(entry: Entry) -> Iterator[Told]:
    """The facts that an entry about an incident taken over brings along; none for any other entry."""
    for number, fact in enumerate(domain.recorded_facts(entry.type, entry.data)):
        yield Told(
            event_id=uuid5(entry.event_id, str(number)),
            type=entry.type,
            service=entry.data["source"],
            at=fact.at,
            actor=f"source:{fact.by}",
            actor_name_zh=fact.by,
            actor_name_en=fact.by,
            sentence_zh=fact.sentence("zh"),
            sentence_en=fact.sentence("en"),
            causation_id=None,
            data=fact.model_dump(mode="json"),
        )
