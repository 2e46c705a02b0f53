"""What can be asked about watchers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.incidents.queries import customer_of
from services.incidents.watchers.models import Watcher
from shared.db import context


@dataclass(frozen=True)
class Watching:
    """A watcher with the name people know; None before it was heard of."""

    person_id: UUID
    name_zh: str | None
    name_en: str | None
    since: datetime


async def watchers_of(session: AsyncSession, incident_id: UUID) -> list[Watching]:
    """Longest first. Whoever sees nothing internal sees the customer's people and himself. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    rows = select(Watcher).where(Watcher.incident_id == incident_id)
    ctx = context(session)
    if not ctx.sees_internal:
        rows = rows.where(or_(Watcher.of_customer, Watcher.person_id == ctx.person_id))
    found = (await session.scalars(rows.order_by(Watcher.since, Watcher.person_id))).all()
    names = await copies.names(session, [watcher.person_id for watcher in found])
    return [_watching(watcher, names.get(watcher.person_id)) for watcher in found]


def _watching(watcher: Watcher, named: Named | None) -> Watching:
    name_zh, name_en = (named.name_zh, named.name_en) if named else (None, None)
    return Watching(watcher.person_id, name_zh, name_en, watcher.since)


async def all_watchers(session: AsyncSession, incident_id: UUID) -> Sequence[UUID]:
    every = select(Watcher.person_id).where(Watcher.incident_id == incident_id)
    return (await session.scalars(every.order_by(Watcher.person_id))).all()


async def watcher(session: AsyncSession, incident_id: UUID, person_id: UUID) -> Watcher | None:
    return await session.get(Watcher, (incident_id, person_id))
