"""What can be asked of the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.incidents.queries import customer_of
from services.incidents.settings import Settings
from services.incidents.timeline import domain
from services.incidents.timeline.models import Entry
from shared.db import context, settings_of
from shared.events.incidents import IncidentImported
from shared.paging import InvalidCursor, Page


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

    @property
    def id(self) -> UUID:
        """What the next page begins after."""
        return self.event_id


ORDER = (Entry.at, Entry.sequence, Entry.event_id)


async def timeline(session: AsyncSession, page: Page, incident_id: UUID) -> list[Told]:
    """What happened, by time and then in each subject's order. Raises IncidentNotFound, InvalidCursor.

    An incident taken over brings the facts of its record as lines of their own: they come before everything else, for
    all of it has happened since. What is internal is left out for whoever may not see it.
    """
    await customer_of(session, incident_id)
    position = await _position(session, incident_id, page.after)
    recorded = [] if position else await _recorded_after(session, incident_id, page.after)
    entries = await _entries_after(session, incident_id, position, page.limit + 1 - len(recorded))
    people = await copies.names(session, _people(entries))
    zone = settings_of(session, Settings).time_zone
    return [*recorded, *(_told(entry, people, zone) for entry in entries)]


async def _position(session: AsyncSession, incident_id: UUID, after: UUID | None) -> Any:
    """Where the entry stands in the order of the timeline; None where it is none of the incident's entries."""
    of_incident = select(*ORDER).where(Entry.incident_id == incident_id, Entry.event_id == after)
    return (await session.execute(of_incident)).one_or_none() if after else None


async def _entries_after(session: AsyncSession, incident_id: UUID, position: Any, limit: int) -> Sequence[Entry]:
    rows = select(Entry).where(Entry.incident_id == incident_id)
    if not context(session).sees_internal:
        rows = rows.where(Entry.type.not_in(domain.INTERNAL))
    if position:
        rows = rows.where(tuple_(*ORDER) > tuple(position))
    return (await session.scalars(rows.order_by(*ORDER).limit(max(0, limit)))).all()


async def _recorded_after(session: AsyncSession, incident_id: UUID, after: UUID | None) -> list[Told]:
    """The facts of the record that an incident taken over brought along, by time; none for any other incident."""
    imported = select(Entry).where(Entry.incident_id == incident_id, Entry.type == IncidentImported.type)
    lines = [line for entry in await session.scalars(imported) for line in _recorded(entry)]
    lines.sort(key=lambda line: line.at)
    if after is None:
        return lines
    places = [place for place, line in enumerate(lines, 1) if line.event_id == after]
    if not places:
        raise InvalidCursor()
    return lines[places[0] :]


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
    for number, fact in enumerate(IncidentImported.model_validate(entry.data).facts):
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
