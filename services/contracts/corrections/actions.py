"""Correcting a named calendar: for what was agreed on it the right days have always counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements.actions import follow_correction
from services.contracts.calendars import domain, queries
from services.contracts.calendars.actions import FIELDS
from services.contracts.calendars.china import public_holidays
from shared.audit import note
from shared.calendar import WorkCalendar
from shared.calendar_data import checked_calendar
from shared.db import as_record

if TYPE_CHECKING:
    from services.contracts.agreements.models import Agreement
    from services.contracts.calendars.models import Calendar


@dataclass(frozen=True)
class Correction:
    """The calendar as it is now, and the versions of agreements that follow it; none when nothing changed."""

    calendar: Calendar
    agreements: Sequence[Agreement]


async def correct_calendar(
    session: AsyncSession,
    *,
    calendar_id: UUID,
    data: dict[str, Any],
    provisional_years: Iterable[int] | None,
    reason: str,
) -> Correction:
    """Correct a calendar by hand. Raises InvalidCalendar, TargetBeyondCalendar."""
    calendar = await queries.locked_calendar(session, calendar_id)
    counted = checked_calendar(data)
    years = calendar.provisional_years if provisional_years is None else sorted(set(provisional_years))
    return await _correct(session, calendar, counted, years, reason, last_year=calendar.last_year)


async def extend_calendar(session: AsyncSession, *, calendar_id: UUID, to_year: int, reason: str) -> Correction:
    """Add the public holidays in China that were announced meanwhile, up to a year, which may be a later one.

    Raises NotByPublicHolidays, TargetBeyondCalendar.
    """
    calendar = await queries.locked_calendar(session, calendar_id)
    first, last = domain.followed_years(calendar.first_year, calendar.last_year)
    years = range(first, max(last, to_year) + 1)
    counted = domain.extended(checked_calendar(calendar.data), public_holidays(), years)
    return await _correct(session, calendar, counted, public_holidays().provisional(years), reason, last_year=years[-1])


async def _correct(
    session: AsyncSession,
    calendar: Calendar,
    counted: WorkCalendar,
    provisional_years: Sequence[int],
    reason: str,
    *,
    last_year: int | None,
) -> Correction:
    before = as_record(calendar, *FIELDS)
    calendar.data, calendar.provisional_years = counted.to_data(), list(provisional_years)
    calendar.last_year = last_year
    after = as_record(calendar, *FIELDS)
    if after == before:
        return Correction(calendar, ())
    calendar.version += 1
    note(session, calendar.id, "correct_calendar", before=before, after=after, information={"reason": reason})
    following = await follow_correction(
        session,
        calendar_id=calendar.id,
        counted=counted,
        last_year=last_year,
        provisional_years=provisional_years,
        reason=reason,
    )
    return Correction(calendar, following)
