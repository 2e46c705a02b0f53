"""What the pages read from the platform, each time under the token of the person who looks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote

import httpx

from clients.api import Aftercare, Problem, Unreachable
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
from clients.models import Answer, Entry, Me
from shared.permissions import Permission

M = TypeVar("M", bound=Answer)
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


@dataclass(frozen=True)
class Filters:
    """What of the list is shown; None does not narrow it."""

    state: str | None = None
    severity: str | None = None


async def newest(api: Aftercare, filters: Filters, most: int) -> tuple[list[Incident], bool]:
    """At most so many incidents, newest first, and whether there are more."""
    found: list[Incident] = []
    limit = min(most + 1, LARGEST_PAGE)
    async for incident in api.pages(
        Incident, "/v1/incidents", state=filters.state, severity=filters.severity, limit=limit
    ):
        if len(found) == most:
            return found, True
        found.append(incident)
    return found, False


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


async def _all_of(api: Aftercare, me: Me, known: Record) -> Record:
    read = _Sections(api, me, known.incident)
    timeline, visits, activations, call_ups = await asyncio.gather(
        _timeline(api, known.incident),
        read.of(Visit, f"/v1/incidents/{known.incident.id}/visits", Permission.INCIDENTS_READ, known.visits),
        read.of(Activation, "/v1/activations", Permission.EMERGENCIES_READ, known.activations),
        read.of(CallUp, "/v1/part-call-ups", Permission.EMERGENCIES_READ, known.call_ups),
    )
    reservations, engagements, alarms, messages = await asyncio.gather(
        read.of(Reservation, "/v1/reservations", Permission.PARTS_READ, known.reservations),
        read.of(Engagement, "/v1/engagements", Permission.EMERGENCIES_READ, known.engagements),
        read.of(Alarm, "/v1/alarms", Permission.ALARMS_READ, known.alarms),
        read.of(Message, "/v1/messages", Permission.MESSAGES_READ, known.messages),
    )
    return Record(known.incident, timeline, visits, activations, call_ups, reservations, engagements, alarms, messages)


async def _timeline(api: Aftercare, incident: Incident) -> tuple[Entry, ...]:
    return tuple(await api.all(Entry, f"/v1/incidents/{incident.id}/timeline"))


@dataclass(frozen=True)
class _Sections:
    """Reads sections of one incident. One that is refused or out of order leaves the others readable."""

    api: Aftercare
    me: Me
    incident: Incident

    async def of(
        self, kind: type[M], path: str, permission: Permission, known: tuple[M, ...] | None
    ) -> tuple[M, ...] | None:
        """The section now; as it was `known` when its service fails; None for who may not read it."""
        if permission not in self.me.permissions:
            return None
        try:
            return tuple(await self.api.all(kind, path, incident_id=self.incident.id))
        except Unreachable:
            return known
        except Problem as problem:
            if problem.status == 401:
                raise
            return None if problem.status == 403 else known
