"""Which plain data is a work calendar, and what one says of a time or a range of days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from shared.calendar import ALWAYS, OFFICE_HOURS, WorkCalendar
from shared.calendar_data import calendar_told, checked_calendar
from shared.errors import Conflict, Unprocessable
from shared.week import Exceptions, Windows
from shared.zones import FIRST_YEAR, LAST_YEAR, BeyondCalendar, zone_named

CHINA = "china"
"""The code of the calendar that agreements take where none is named."""
STANDARD_WEEK: tuple[Windows, ...] = (OFFICE_HOURS,) * 5 + ((),) * 2
SHANGHAI = "Asia/Shanghai"


class Unit(StrEnum):
    """How an agreement counts: plain seconds run 24x7, working units on its calendar."""

    SECONDS = "seconds"
    WORKING_SECONDS = "working_seconds"
    WORKING_DAYS = "working_days"


class BeyondYears(Unprocessable):
    code = "beyond_years"
    en = "The answer lies outside the years that calendars reach, {first} to {last}."
    zh = "结果超出日历可计算的年份（{first} 至 {last}）。"


class HolidaysNotHeld(Unprocessable):
    code = "holidays_not_held"
    en = "China's public holidays are held from {first} on; the years asked for are {from_year} to {to_year}."
    zh = "中国法定节假日数据自 {first} 年起，所求年份为 {from_year} 至 {to_year}。"


class NotByPublicHolidays(Conflict):
    code = "not_by_public_holidays"
    en = "This calendar was not made from China's public holidays; correct it instead."
    zh = "该日历不是由中国法定节假日生成，请改用更正。"


def followed_years(first: int | None, last: int | None) -> tuple[int, int]:
    """The years whose public holidays a calendar follows. Raises NotByPublicHolidays for one made by hand."""
    if first is None or last is None:
        raise NotByPublicHolidays()
    return first, last


@dataclass(frozen=True)
class PublicHolidays:
    """China's announced years: the days off, and the days at weekends that are worked instead (调休)."""

    years: Collection[int]
    holidays: frozenset[date]
    make_up_days: frozenset[date]

    @classmethod
    def from_data(cls, data: Mapping[str, Mapping[str, Iterable[str]]]) -> PublicHolidays:
        def days(kind: str) -> frozenset[date]:
            return frozenset(date.fromisoformat(day) for year in data.values() for day in year[kind])

        return cls(tuple(sorted(int(year) for year in data)), days("holidays"), days("make_up_days"))

    def provisional(self, years: Iterable[int]) -> tuple[int, ...]:
        """Those of the years that are not announced yet."""
        return tuple(year for year in years if year > max(self.years))

    def exceptions(self, week: tuple[Windows, ...], years: Collection[int]) -> Exceptions:
        """The days of the years whose windows differ from the week: a make-up day has those of a working Monday
        to Friday, a holiday on which the week is closed anyway needs none.
        """
        worked = next((windows for windows in week if windows), ())
        changed = dict.fromkeys(self.holidays, ()) | dict.fromkeys(self.make_up_days, worked)
        return tuple(
            (day, windows)
            for day, windows in sorted(changed.items())
            if day.year in years and windows != week[day.weekday()]
        )


def checked_week(week: Sequence[Any]) -> tuple[Windows, ...]:
    """The windows of a week of plain data. Raises InvalidCalendar."""
    return checked_calendar({"zone": SHANGHAI, "week": week}).week


def require_held(public: PublicHolidays, from_year: int, to_year: int) -> None:
    first = min(public.years)
    if not first <= from_year <= to_year:
        raise HolidaysNotHeld(first=first, from_year=from_year, to_year=to_year)


def chinese(public: PublicHolidays, years: Collection[int], week: tuple[Windows, ...] = STANDARD_WEEK) -> WorkCalendar:
    """The week in China, with the public holidays and make-up days of the years that are announced."""
    with calendar_told():
        return WorkCalendar(SHANGHAI, week, public.exceptions(week, years))


def extended(calendar: WorkCalendar, public: PublicHolidays, years: Collection[int]) -> WorkCalendar:
    """With what is announced of the years meanwhile; an exception that is there already stays."""
    added = dict(public.exceptions(calendar.week, years)) | dict(calendar.exceptions)
    with calendar_told():
        return WorkCalendar(calendar.zone, calendar.week, tuple(sorted(added.items())))


@dataclass(frozen=True)
class Question:
    """A time; an amount of a unit that is counted from it; and so many days to list, left out from the day it is on."""

    at: datetime
    amount: int | None = None
    unit: Unit = Unit.WORKING_SECONDS
    from_on: date | None = None
    days: int = 7


class Interval(NamedTuple):
    """Half-open."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Preview:
    """What a calendar says: whether it is open at a time, when it opens next, when an amount from then is over.

    `provisional_years`: those that any of it touches and whose public holidays are not announced yet.
    """

    at: datetime
    is_open: bool
    next_opening: datetime
    due_at: datetime | None
    intervals: tuple[Interval, ...]
    provisional_years: tuple[int, ...]


def preview(calendar: WorkCalendar, provisional_years: Iterable[int], asked: Question) -> Preview:
    """In the calendar's own time. Raises BeyondYears."""
    zone = zone_named(calendar.zone)
    try:
        at = asked.at.astimezone(zone)
        opening = calendar.next_open(at).astimezone(zone)
        due_at = None if asked.amount is None else _due(calendar, at, asked.amount, asked.unit).astimezone(zone)
        first = asked.from_on or at.date()
        start, end = (datetime.combine(first + timedelta(days=step), time(), zone) for step in (0, asked.days))
        open_times = list(calendar.open_intervals(start, end))
    except (BeyondCalendar, OverflowError) as problem:
        raise BeyondYears(first=FIRST_YEAR, last=LAST_YEAR) from problem
    touched = [moment.year for moment in (at, opening, due_at or at, start, end - timedelta(days=1))]
    return Preview(
        at=at,
        is_open=opening == at,
        next_opening=opening,
        due_at=due_at,
        intervals=tuple(Interval(*(edge.astimezone(zone) for edge in pair)) for pair in open_times),
        provisional_years=tuple(year for year in provisional_years if min(touched) <= year <= max(touched)),
    )


def provisional_in(term: range, provisional: Collection[int], last_year: int | None) -> tuple[int, ...]:
    """The years of a term whose public holidays a calendar does not have for good.

    `provisional`: those it says so of; `last_year`: the last that it has at all (None: it follows no public holidays).
    """
    known = last_year if last_year is not None else max(provisional, default=term[-1])
    return tuple(year for year in term if year in provisional or year > known)


def _due(calendar: WorkCalendar, at: datetime, amount: int, unit: Unit) -> datetime:
    if unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(at, amount)
    return (ALWAYS if unit is Unit.SECONDS else calendar).add(at, amount)
