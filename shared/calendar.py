"""Working time: which instants count, and arithmetic over them in elapsed seconds, exact to the microsecond.

An instant is open when its local wall time lies in a window, so daylight saving needs no rule of its own.
Promises with a state (pauses, stops) are in `shared/clocks.py`; which days are holidays is data of its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared.periodic import Piece
from shared.week import DAY_SECONDS, BadWindow, Exceptions, Rules, Window, Windows, in_order, rules_of
from shared.zones import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    SECOND,
    BeyondCalendar,
    CalendarError,
    instant_at,
    position_of,
    stretches_back,
    stretches_from,
    zone_named,
)

__all__ = ["ALWAYS", "OFFICE_HOURS", "CalendarError", "Window", "WorkCalendar", "chinese_office_hours"]


class BadCalendar(CalendarError):
    """The data does not have the shape of a calendar."""


class BadDate(BadCalendar):
    """There is no such day, or it is not written as YYYY-MM-DD."""

    why = "bad_date"


class EmptyWeek(CalendarError):
    """A week without a window would never answer when a promise is due."""

    why = "empty_week"


class NegativeAmount(CalendarError):
    """Seconds and days to add or subtract are zero or more."""

    why = "negative_amount"


@dataclass(frozen=True)
class WorkCalendar:
    """When working time runs: a week of windows in one zone, and dates whose windows are others.

    A window belongs to the day it starts on. An exception replaces the windows of its day: with none the day
    is closed (a holiday), with some it is open whatever its weekday (a make-up working day, 调休). A window
    that began the day before still runs to its end.

    Arguments are aware datetimes of any zone and seconds; answers are in UTC. Errors are CalendarErrors.
    """

    zone: str
    week: tuple[Windows, ...]
    exceptions: Exceptions = ()
    _rules: Rules = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if len(self.week) != 7:
            raise BadCalendar(f"a week has seven days from Monday, not {len(self.week)}", "week")
        object.__setattr__(self, "week", tuple(in_order(windows) for windows in self.week))
        dated = {day: in_order(windows) for day, windows in self.exceptions}
        if len(dated) < len(self.exceptions):
            raise BadCalendar("a date has two exceptions", "exceptions")
        if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in dated):
            raise BeyondCalendar
        object.__setattr__(self, "exceptions", tuple(sorted(dated.items())))
        if not any(self.week):
            raise EmptyWeek("no day of the week has a window; dated exceptions alone make no calendar", "week")
        object.__setattr__(self, "_rules", rules_of(self.week, self.exceptions))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> WorkCalendar:
        """From plain data: an IANA `zone`, a `week` of seven days from Monday, `exceptions` by ISO date.

        Each day is a list of pairs of local times, such as [["09:00", "12:00"], ["13:30", "18:00"]].
        """
        if not {"zone", "week"} <= set(data) <= {"zone", "week", "exceptions"}:
            raise BadCalendar("a calendar has the members zone and week, and may have exceptions", ", ".join(data))
        week, exceptions = data["week"], data.get("exceptions", {})
        if not isinstance(week, list | tuple) or not isinstance(exceptions, Mapping):
            raise BadCalendar("week is a list of seven days; exceptions maps dates to windows", "week, exceptions")
        dated = ((_date(day), _windows(windows)) for day, windows in exceptions.items())
        return cls(data["zone"], tuple(_windows(windows) for windows in week), tuple(dated))

    def to_data(self) -> dict[str, Any]:
        """What `from_data` reads, ready for JSON."""
        return {
            "zone": self.zone,
            "week": [_pairs(windows) for windows in self.week],
            "exceptions": {day.isoformat(): _pairs(windows) for day, windows in self.exceptions},
        }

    def add(self, at: datetime, seconds: float) -> datetime:
        """The first instant by which so many open seconds passed; a closing, if they end there."""
        position, left = position_of(at), _microseconds(seconds)
        if self._rules.always or not left:
            return instant_at(position + left)
        line = self._rules.time
        for start, end, shift in stretches_from(self.zone, position):
            before = line.open_before(max(position, start) + shift)
            here = line.open_before(end + shift) - before
            if left <= here:
                return instant_at(line.earliest(before + left) - shift)
            left -= here
        raise BeyondCalendar

    def subtract(self, at: datetime, seconds: float) -> datetime:
        """The last instant from which so many open seconds pass until `at`; perhaps an opening."""
        position, left = position_of(at), _microseconds(seconds)
        if self._rules.always or not left:
            return instant_at(position - left)
        line = self._rules.time
        for start, end, shift in stretches_back(self.zone, position):
            before = line.open_before(min(position, end) + shift)
            here = before - line.open_before(start + shift)
            if left <= here:
                return instant_at(line.latest(before - left) - shift)
            left -= here
        raise BeyondCalendar

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Open seconds between two instants, 0 when the end is before the start. Exact to the microsecond."""
        first, last = position_of(start), position_of(end)
        if self._rules.always or last <= first:
            return max(last - first, 0) / SECOND
        line, total = self._rules.time, 0
        for begin, finish, shift in stretches_from(self.zone, first):
            total += line.open_before(min(last, finish) + shift) - line.open_before(max(first, begin) + shift)
            if last <= finish:
                return total / SECOND
        raise BeyondCalendar

    def next_open(self, at: datetime) -> datetime:
        """`at` when it is open, else the next opening."""
        position = position_of(at)
        if self._rules.always:
            return instant_at(position)
        line = self._rules.time
        for start, end, shift in stretches_from(self.zone, position):
            opening = line.latest(line.open_before(max(position, start) + shift)) - shift
            if opening < end:
                return instant_at(opening)
        raise BeyondCalendar

    def previous_close(self, at: datetime) -> datetime:
        """`at` when working time runs up to it, else the last closing before it."""
        position = position_of(at)
        if self._rules.always:
            return instant_at(position)
        line = self._rules.time
        for start, end, shift in stretches_back(self.zone, position):
            closing = line.earliest(line.open_before(min(position, end) + shift)) - shift
            if closing > start:
                return instant_at(closing)
        raise BeyondCalendar

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The same local time so many working days later, clamped into the windows of that day.

        `at` outside the windows counts from the next opening. A working day is a date on which a window
        starts, with all of that window, also past midnight.
        """
        if days < 0:
            raise NegativeAmount(f"{days} working days is negative", days)
        opening = self.next_open(at)
        if not days:
            return opening
        rules = self._rules
        local = self._local(position_of(opening))
        day = rules.working_day(local)
        later = rules.days.earliest(rules.days.open_before(day + 1) + days) - 1
        return instant_at(self._first_at(later * DAY + rules.clamp(later, local - day * DAY)))

    def open_intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals between two instants in order, clipped to them, as long as they can be."""
        begin = finish = 0
        for first, last in self._pieces(position_of(start), position_of(end)):
            if first > finish:
                if finish:
                    yield instant_at(begin), instant_at(finish)
                begin = first
            finish = last
        if finish:
            yield instant_at(begin), instant_at(finish)

    def _pieces(self, first: int, last: int) -> Iterator[Piece]:
        if last <= first:
            return
        if self._rules.always:
            yield first, last
            return
        for start, end, shift in stretches_from(self.zone, first):
            local = max(first, start) + shift, min(last, end) + shift
            for opening, closing in self._rules.time.pieces(*local):
                yield opening - shift, closing - shift
            if last <= end:
                return
        raise BeyondCalendar

    def _local(self, position: int) -> int:
        return position + next(stretches_from(self.zone, position)).shift

    def _first_at(self, local: int) -> int:
        """The first position with this local time or a later one: in a repeated hour its first pass."""
        for start, end, shift in stretches_from(self.zone, local - DAY):
            if local < end + shift:
                return max(start, local - shift)
        raise BeyondCalendar


def _windows(pairs: Any) -> Windows:
    if not isinstance(pairs, list | tuple) or any(not isinstance(p, list | tuple) or len(p) != 2 for p in pairs):
        raise BadWindow(f"{pairs!r} is not a list of pairs of local times", pairs)
    return tuple(Window.parse(start, end) for start, end in pairs)


def _pairs(windows: Windows) -> list[list[str]]:
    return [list(window.texts()) for window in windows]


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as problem:
        raise BadDate(f"{text!r} is not a date; write YYYY-MM-DD", text) from problem


def _microseconds(seconds: float) -> int:
    if seconds < 0:
        raise NegativeAmount(f"{seconds} seconds is negative", seconds)
    return round(seconds * SECOND)


ALWAYS = WorkCalendar("UTC", ((Window(0, DAY_SECONDS),),) * 7)
"""24x7."""

OFFICE_HOURS = (Window.parse("09:00", "12:00"), Window.parse("13:30", "18:00"))


def chinese_office_hours(holidays: Iterable[date], make_up_days: Iterable[date]) -> WorkCalendar:
    """Monday to Friday 09:00-12:00 and 13:30-18:00 Asia/Shanghai, with holidays and make-up working days."""
    exceptions = [(day, ()) for day in holidays] + [(day, OFFICE_HOURS) for day in make_up_days]
    return WorkCalendar("Asia/Shanghai", (OFFICE_HOURS,) * 5 + ((),) * 2, tuple(exceptions))
