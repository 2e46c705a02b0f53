"""What can be asked about time spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import customer_of
from services.incidents.time_spent.models import TimeEntry
from shared.errors import NotFound
from shared.paging import Page


class TimeEntryNotFound(NotFound):
    code = "time_entry_not_found"
    en = "There is no entry of time {entry_id}."
    zh = "没有工时记录 {entry_id}。"


@dataclass(frozen=True)
class Total:
    """How long one person did one kind of work."""

    person_id: UUID
    person_name: str
    work: str
    minutes: int


async def locked_entry(session: AsyncSession, entry_id: UUID) -> TimeEntry:
    found = await session.get(TimeEntry, entry_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise TimeEntryNotFound(entry_id=entry_id)
    return found


async def entries_page(session: AsyncSession, page: Page, incident_id: UUID) -> Sequence[TimeEntry]:
    """Newest first, withdrawn ones too. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    rows = select(TimeEntry).where(TimeEntry.incident_id == incident_id)
    return (await session.scalars(page.of(rows, TimeEntry.id))).all()


async def totals_of(session: AsyncSession, incident_id: UUID) -> list[Total]:
    """By person and kind of work, without what was withdrawn. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    name, minutes = func.max(TimeEntry.person_name), func.sum(TimeEntry.minutes)
    rows = select(TimeEntry.person_id, name, TimeEntry.work, minutes)
    rows = rows.where(TimeEntry.incident_id == incident_id, TimeEntry.withdrawn_at.is_(None))
    rows = rows.group_by(TimeEntry.person_id, TimeEntry.work).order_by(name, TimeEntry.person_id, TimeEntry.work)
    return [Total(*row) for row in await session.execute(rows)]
