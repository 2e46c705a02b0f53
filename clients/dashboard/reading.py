"""What the pages read from the platform, each time under the token of the person who looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import httpx

from clients.api import Aftercare
from clients.dashboard.filters import Filters
from clients.dashboard.records import (
    Activation,
    Alarm,
    CallUp,
    Engagement,
    Incident,
    Message,
    Record,
    Reservation,
    Visit,
)
from clients.dashboard.sections_reading import SectionReader
from clients.models import Entry, Me
from shared.now import system_seconds
from shared.permissions import Permission

LARGEST_PAGE = 200


class Platform:
    """The public API at one address. All callers share its connections; `close` ends them."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._transport = httpx.AsyncHTTPTransport()

    def as_(self, token: str | None, language: str) -> Aftercare:
        """A caller that needs no closing of its own."""
        return Aftercare(self.base_url, token, language, self._transport)

    async def close(self) -> None:
        await self._transport.aclose()


def moment_now() -> datetime:
    return datetime.fromtimestamp(system_seconds(), UTC)


async def newest(api: Aftercare, filters: Filters, most: int) -> tuple[list[Incident], bool]:
    """At most so many incidents, in the order asked for, and whether there are more."""
    found: list[Incident] = []
    async for incident in api.pages(
        Incident, "/v1/incidents", limit=min(most + 1, LARGEST_PAGE), **filters.query(moment_now())
    ):
        if len(found) == most:
            return found, True
        found.append(incident)
    return found, False


async def record_id(api: Aftercare, number: str) -> UUID:
    """The id of the incident with this number. Raises Problem, Unreachable."""
    return (await api.get(Incident, f"/v1/incidents/{quote(number, safe='')}")).id


async def record(api: Aftercare, me: Me, number: str) -> Record:
    """All of one incident that this person may see. Raises Problem (404 where there is none), Unreachable."""
    incident = await api.get(Incident, f"/v1/incidents/{quote(number, safe='')}")
    return await _all_of(api, me, Record(incident))


async def record_since(api: Aftercare, me: Me, known: Record) -> Record:
    """The record as it is now. Its sections are read again only when the timeline says that something happened."""
    incident, timeline = await asyncio.gather(
        api.get(Incident, f"/v1/incidents/{known.incident.id}"), _timeline(api, known.incident)
    )
    if timeline == known.timeline and incident.version == known.incident.version:
        return replace(known, incident=incident)
    return await _all_of(api, me, replace(known, incident=incident))


async def record_with_accounts(api: Aftercare, me: Me, known: Record) -> Record:
    """The record with the time of its clocks as it is now."""
    accounts = await SectionReader(api, me, known.incident).accounts(known.details.accounts)
    return replace(known, details=replace(known.details, accounts=accounts))


async def _all_of(api: Aftercare, me: Me, known: Record) -> Record:
    read = SectionReader(api, me, known.incident)
    timeline, visits, activations, call_ups = await asyncio.gather(
        _timeline(api, known.incident),
        read.of(Visit, f"/v1/incidents/{known.incident.id}/visits", Permission.INCIDENTS_READ, known.visits),
        read.of(Activation, "/v1/activations", Permission.EMERGENCIES_READ, known.activations),
        read.of(CallUp, "/v1/part-call-ups", Permission.EMERGENCIES_READ, known.call_ups),
    )
    reservations, engagements, alarms, messages, details = await asyncio.gather(
        read.of(Reservation, "/v1/reservations", Permission.PARTS_READ, known.reservations),
        read.of(Engagement, "/v1/engagements", Permission.EMERGENCIES_READ, known.engagements),
        read.of(Alarm, "/v1/alarms", Permission.ALARMS_READ, known.alarms),
        read.of(Message, "/v1/messages", Permission.MESSAGES_READ, known.messages),
        read.details(known.details),
    )
    return Record(
        known.incident,
        timeline,
        details,
        visits,
        activations,
        call_ups,
        reservations,
        engagements,
        alarms,
        messages,
        known.people if known.people is not None else await read.people(),
    )


async def _timeline(api: Aftercare, incident: Incident) -> tuple[Entry, ...]:
    return tuple(await api.all(Entry, f"/v1/incidents/{incident.id}/timeline"))
