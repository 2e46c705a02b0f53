"""Entering calendars. Correcting one concerns agreements, and is a feature of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.calendars import domain
from services.contracts.calendars.china import public_holidays
from services.contracts.calendars.models import Calendar
from shared.audit import note
from shared.calendar_data import checked_calendar
from shared.db import as_record, unless_taken
from shared.errors import Conflict

FIELDS = ("data", "provisional_years", "first_year", "last_year")


class CalendarCodeTaken(Conflict):
    code = "calendar_code_taken"
    en = "There is a calendar with the code {taken} already."
    zh = "工作日历代码 {taken} 已存在。"


async def add_calendar(
    session: AsyncSession,
    *,
    code: str | None,
    name_zh: str,
    name_en: str,
    data: dict[str, Any],
    provisional_years: Iterable[int],
) -> Calendar:
    """Enter a calendar made by hand. Raises InvalidCalendar, CalendarCodeTaken."""
    calendar = Calendar(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        data=checked_calendar(data).to_data(),
        provisional_years=sorted(set(provisional_years)),
    )
    return await _added(session, calendar)


async def add_chinese_calendar(
    session: AsyncSession,
    *,
    code: str | None,
    name_zh: str,
    name_en: str,
    from_year: int,
    to_year: int,
    week: Sequence[Any] | None,
) -> Calendar:
    """Enter a calendar with China's public holidays. Raises HolidaysNotHeld, InvalidCalendar, CalendarCodeTaken."""
    domain.require_held(public_holidays(), from_year, to_year)
    years = range(from_year, to_year + 1)
    windows = domain.STANDARD_WEEK if week is None else domain.checked_week(week)
    calendar = Calendar(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        data=domain.chinese(public_holidays(), years, windows).to_data(),
        provisional_years=list(public_holidays().provisional(years)),
        first_year=from_year,
        last_year=to_year,
    )
    return await _added(session, calendar)


async def _added(session: AsyncSession, calendar: Calendar) -> Calendar:
    session.add(calendar)
    with unless_taken(CalendarCodeTaken(taken=calendar.code)):
        await session.flush()
    after = as_record(calendar, "code", "name_zh", "name_en", *FIELDS)
    note(session, calendar.id, "add_calendar", after=after)
    return calendar
