"""Time zones as stretches of constant offset, on one axis of microseconds since 0001-01-01 (a Monday).

The standard library converts instants but does not list transitions: they are searched for, year by year.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""What lies outside these years is refused, so that a mistyped budget is an error and not a long search."""

SECOND = 1_000_000
DAY = 86_400 * SECOND
MICROSECOND = timedelta(microseconds=1)
ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
FIRST_POSITION, END_POSITION = (
    (datetime(year, 1, 1, tzinfo=UTC) - ORIGIN) // MICROSECOND for year in (FIRST_YEAR, LAST_YEAR + 1)
)
PROBE_SECONDS = 3 * 86_400  # of the tz database's offsets since 1900 none lasted under 6.9 days


class CalendarError(ValueError):
    """The calendar, or the question put to it, makes no sense; the message says why.

    `why` is the message's code, and `at` what is at fault as it was given: both can be told in any language.
    """

    why: ClassVar[str] = "not_a_calendar"

    def __init__(self, message: str, at: object = "") -> None:
        super().__init__(message)
        self.at = str(at)


class UnknownZone(CalendarError):
    """The zone is not a name of the IANA time zone database."""

    why = "unknown_zone"


class NaiveDatetime(CalendarError):
    """A time without a zone is no instant."""

    why = "time_without_zone"


class BeyondCalendar(CalendarError):
    """The question or its answer lies outside FIRST_YEAR to LAST_YEAR."""

    why = "beyond_calendar"

    def __init__(self) -> None:
        super().__init__(f"calendars reach from {FIRST_YEAR} to {LAST_YEAR}", f"{FIRST_YEAR}-{LAST_YEAR}")


class Stretch(NamedTuple):
    """Half-open positions in UTC, and what turns them into local ones, all in microseconds."""

    start: int
    end: int
    shift: int


def utc(at: datetime) -> datetime:
    """The same instant in UTC, where comparisons and differences are safe (PEP 495).

    Refuses a naive time, and one at an end of all time, which UTC has no name for.
    """
    if at.utcoffset() is None:
        raise NaiveDatetime(f"{at.isoformat()} has no time zone", at.isoformat())
    try:
        return at.astimezone(UTC)
    except OverflowError as problem:
        raise BeyondCalendar from problem


def position_of(at: datetime) -> int:
    return (utc(at) - ORIGIN) // MICROSECOND


def instant_at(position: int) -> datetime:
    """The instant of a position, in UTC. Raises BeyondCalendar."""
    if not FIRST_POSITION <= position < END_POSITION:
        raise BeyondCalendar
    return ORIGIN + timedelta(microseconds=position)


def day_number(day: date) -> int:
    """Days since 0001-01-01; divisible by seven on Mondays."""
    return day.toordinal() - 1


OF_THE_MACHINE = frozenset({"posixrules", "localtime", "Factory"})
"""Files beside the database's zones, which mean something else on each machine."""


def fraction(microseconds: int) -> str:
    """What is written behind whole seconds: `.25`, and nothing where there is none."""
    return f".{microseconds:06}".rstrip("0") if microseconds else ""


def zone_named(name: str) -> ZoneInfo:
    """Raises UnknownZone, also for names that are paths or folders of the database."""
    try:
        if name in OF_THE_MACHINE:
            raise KeyError(name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError, AttributeError) as problem:
        raise UnknownZone(f"{name!r} is not a time zone of the IANA database", name) from problem


def stretches_from(zone: str, position: int) -> Iterator[Stretch]:
    """In order from the one that holds the position, to the end of LAST_YEAR."""
    for year in range(_year_of(position), LAST_YEAR + 1):
        for stretch in _stretches(zone, year):
            if stretch.end > position:
                yield stretch


def stretches_back(zone: str, position: int) -> Iterator[Stretch]:
    """In reverse order from the one with time just before the position, to the start of FIRST_YEAR."""
    for year in range(_year_of(position), FIRST_YEAR - 1, -1):
        for stretch in reversed(_stretches(zone, year)):
            if stretch.start < position:
                yield stretch


def _year_of(position: int) -> int:
    if not FIRST_POSITION <= position < END_POSITION:
        raise BeyondCalendar
    return date.fromordinal(position // DAY + 1).year


@lru_cache(maxsize=4096)
def _stretches(zone: str, year: int) -> tuple[Stretch, ...]:
    """The stretches of one UTC year."""
    info = zone_named(zone)
    first, last = (day_number(date(start, 1, 1)) * 86_400 for start in (year, year + 1))
    edges = [first]
    for low in range(first, last, PROBE_SECONDS):
        high = min(low + PROBE_SECONDS, last)
        if _shift(info, low) != _shift(info, high):
            edges.append(_change(info, low, high))
    return tuple(
        Stretch(start * SECOND, end * SECOND, _shift(info, start))
        for start, end in pairwise((*edges, last))
        if start < end
    )


def _change(info: ZoneInfo, low: int, high: int) -> int:
    """The second after `low`, at most `high`, from which the shift is another."""
    before = _shift(info, low)
    return low + bisect_left(range(low, high), True, key=lambda second: _shift(info, second) != before)


def _shift(info: ZoneInfo, second: int) -> int:
    offset = (ORIGIN + timedelta(seconds=second)).astimezone(info).utcoffset()
    return (offset or timedelta()) // MICROSECOND
