"""What can be asked about calendars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.calendars import domain
from services.contracts.calendars.models import Calendar
from shared.calendar_data import checked_calendar
from shared.db import check_version
from shared.errors import NotFound
from shared.paging import Page


class CalendarNotFound(NotFound):
    code = "calendar_not_found"
    en = "There is no calendar {calendar_id}."
    zh = "没有工作日历 {calendar_id}。"


async def calendar(session: AsyncSession, calendar_id: UUID) -> Calendar:
    found = await session.get(Calendar, calendar_id)
    if found is None:
        raise CalendarNotFound(calendar_id=calendar_id)
    return found


async def held_calendar(session: AsyncSession, calendar_id: UUID) -> Calendar:
    """The calendar, which nobody corrects before this transaction is over: take it before the contract."""
    return await _locked(session, calendar_id, shared=True)


async def held_by_code(session: AsyncSession, code: str) -> Calendar | None:
    """The calendar of a code, held like `held_calendar`; None where there is none."""
    found = await session.scalar(select(Calendar.id).where(Calendar.code == code))
    return None if found is None else await held_calendar(session, found)


async def locked_calendar(session: AsyncSession, calendar_id: UUID) -> Calendar:
    """The calendar under its row lock, at the version the client expects."""
    found = await _locked(session, calendar_id, shared=False)
    check_version(session, found.version)
    return found


async def _locked(session: AsyncSession, calendar_id: UUID, *, shared: bool) -> Calendar:
    one = select(Calendar).where(Calendar.id == calendar_id).with_for_update(read=shared)
    found = (await session.scalars(one.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise CalendarNotFound(calendar_id=calendar_id)
    return found


async def calendars_page(session: AsyncSession, page: Page) -> Sequence[Calendar]:
    return (await session.scalars(page.of(select(Calendar), Calendar.id))).all()


async def preview(
    session: AsyncSession, calendar_id: UUID, asked: domain.Question, data: dict[str, Any] | None
) -> domain.Preview:
    """What the calendar says, or would say with other data. Raises InvalidCalendar, BeyondYears."""
    found = await calendar(session, calendar_id)
    hours = checked_calendar(found.data if data is None else data)
    return domain.preview(hours, found.provisional_years, asked)
