"""Reads the sections of an incident's page. One that is refused or out of order leaves the others readable."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.records import Details, Incident, JointAnalysis
from clients.models import (
    AccountedClock,
    Answer,
    Attachment,
    Comment,
    Me,
    Pause,
    Person,
    RelatedIncident,
    Segment,
    Tags,
    TimeEntry,
    Watcher,
)
from shared.permissions import Permission

M = TypeVar("M", bound=Answer)


@dataclass(frozen=True)
class SectionReader:
    """Reads for one person what belongs to one incident."""

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

    async def people(self) -> tuple[Person, ...] | None:
        """Those whom this person may know by name; read once, as names seldom change."""
        if Permission.PEOPLE_READ not in self.me.permissions:
            return ()
        try:
            return tuple(await self.api.all(Person, "/v1/people"))
        except Unreachable:
            return None
        except Problem as problem:
            if problem.status == 401:
                raise
            return None

    async def details(self, known: Details) -> Details:
        """All that is read beside the incident itself; the provider's own only for its people."""
        accounts, pauses, comments, attachments, watchers = await asyncio.gather(
            self.accounts(known.accounts),
            self._own(Pause, "pauses", known.pauses),
            self._own(Comment, "comments", known.comments),
            self._own(Attachment, "attachments", known.attachments),
            self._own(Watcher, "watchers", known.watchers),
        )
        children, merged, related = await asyncio.gather(
            self._own(Incident, "children", known.children),
            self._own(Incident, "merged", known.merged),
            self._own(RelatedIncident, "related", known.related),
        )
        return Details(
            accounts,
            pauses,
            comments,
            attachments,
            watchers,
            children=children,
            merged=merged,
            related=related,
            parent=await self._other(self.incident.parent_id),
            target=await self._other(self.incident.merged_into_id),
            **await self._internal(known),
        )

    async def accounts(self, known: tuple[AccountedClock, ...] | None) -> tuple[AccountedClock, ...] | None:
        return await self._own(AccountedClock, "clocks", known)

    async def _internal(self, known: Details) -> dict[str, Any]:
        if self.me.customer_id is not None:
            return {}
        time, segments, analyses, tags = await asyncio.gather(
            self._own(TimeEntry, "time", known.time),
            self._own(Segment, "segments", known.segments),
            self._own(JointAnalysis, "joint-analyses", known.analyses),
            self._tags(known.tags),
        )
        return {"time": time, "segments": segments, "analyses": analyses, "tags": tags}

    async def _own(self, kind: type[M], name: str, known: tuple[M, ...] | None) -> tuple[M, ...] | None:
        path = f"/v1/incidents/{self.incident.id}/{name}"
        return await self.of(kind, path, Permission.INCIDENTS_READ, known)

    async def _tags(self, known: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            return (await self.api.get(Tags, f"/v1/incidents/{self.incident.id}/tags")).tags
        except (Problem, Unreachable):
            return known

    async def _other(self, incident_id: UUID | None) -> Incident | None:
        """The incident above, or the one this was merged into."""
        if incident_id is None:
            return None
        try:
            return await self.api.get(Incident, f"/v1/incidents/{incident_id}")
        except (Problem, Unreachable):
            return None
