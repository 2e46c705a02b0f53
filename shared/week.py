"""A week of windows and the dates that differ from it, checked and made ready to count on.

Local time only: no zone, no instants. `shared/calendar.py` puts a week into a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from shared.periodic import Line, Piece
from shared.zones import DAY, SECOND, CalendarError, day_number

DAY_SECONDS = 86_400
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


class BadWindow(CalendarError):
    """A window is not a pair of local times, or has no length."""

    why = "bad_window"


class OverlappingWindows(CalendarError):
    """Two windows hold the same local time, within a day or over midnight."""

    why = "overlapping_windows"


class Window(NamedTuple):
    """Half-open local time, in seconds from midnight of its day; over midnight the end is past 86,400."""

    start: int
    end: int

    @classmethod
    def parse(cls, start: str, end: str) -> Window:
        """From HH:MM or HH:MM:SS. The end may be 24:00; before the start it is meant on the next day."""
        first, last = _seconds(start), _seconds(end)
        return cls(first, last if last >= first else last + DAY_SECONDS)

    def texts(self) -> tuple[str, str]:
        """The pair that `parse` reads."""
        return _text(self.start), _text(self.end if self.end <= DAY_SECONDS else self.end - DAY_SECONDS)

    def __str__(self) -> str:
        return "-".join(self.texts())


Windows = tuple[Window, ...]
Exceptions = tuple[tuple[date, Windows], ...]


def in_order(windows: Iterable[Window]) -> Windows:
    """A day's windows sorted. Raises BadWindow for one that no pair of local times describes."""
    day = tuple(sorted(windows))
    for window in day:
        is_whole_day = window == (0, DAY_SECONDS)
        if not 0 <= window.start < DAY_SECONDS or not (0 < window.end - window.start < DAY_SECONDS or is_whole_day):
            raise BadWindow(f"the window {window} has no length, or too much; a whole day is 00:00-24:00", window)
    return day


class Rules:
    """Raises OverlappingWindows. The week must not be empty."""

    def __init__(self, week: tuple[Windows, ...], exceptions: Exceptions) -> None:
        self.week = week
        self.dated = {day_number(day): windows for day, windows in exceptions}
        self._refuse_overlaps()
        touched = {(day + spill) // 7 for day in self.dated for spill in (0, 1)}
        self.time = Line(7 * DAY, self._open(None), {index: self._open(index) for index in touched})
        self.days = Line(7, self._working(None), {index: self._working(index) for index in touched})
        self.always = self.time.always_open()

    def windows(self, day: int) -> Windows:
        """What starts on a day, numbered as by `day_number`."""
        return self.dated.get(day, self.week[day % 7])

    def working_day(self, local: int) -> int:
        """The day of the window that an open local position is in: after midnight perhaps the day before."""
        day, offset = divmod(local, DAY)
        spills_over = any(offset + DAY < window.end * SECOND for window in self.windows(day - 1))
        return day - 1 if spills_over else day

    def clamp(self, day: int, offset: int) -> int:
        """Microseconds from midnight, moved into a working day's windows; between two, to the closing."""
        first, *_ = windows = self.windows(day)
        last = max((window for window in windows if window.start * SECOND <= offset), default=first)
        return min(max(offset, last.start * SECOND), last.end * SECOND)

    def _open(self, index: int | None) -> Iterator[Piece]:
        """The pieces of a week (None: of the usual one), with what the Sunday before it spills over."""
        for weekday in range(-1, 7):
            for start, end in self._windows_in(index, weekday):
                first, last = weekday * DAY + start * SECOND, weekday * DAY + end * SECOND
                if last > 0:
                    yield max(first, 0), min(last, 7 * DAY)

    def _working(self, index: int | None) -> list[Piece]:
        return [(weekday, weekday + 1) for weekday in range(7) if self._windows_in(index, weekday)]

    def _windows_in(self, index: int | None, weekday: int) -> Windows:
        return self.week[weekday] if index is None else self.windows(index * 7 + weekday)

    def _refuse_overlaps(self) -> None:
        for weekday, name in enumerate(_WEEKDAYS):
            _refuse_overlap(name, self.week[weekday], self.week[(weekday + 1) % 7])
        for day in sorted({day + step for day in self.dated for step in (-1, 0)}):
            name = date.fromordinal(day + 1).isoformat()
            _refuse_overlap(name, self.windows(day), self.windows(day + 1))


@lru_cache(maxsize=1024)
def rules_of(week: tuple[Windows, ...], exceptions: Exceptions) -> Rules:
    """Equal calendars share their rules, however often they are read from a database."""
    return Rules(week, exceptions)


def _refuse_overlap(name: str, today: Windows, tomorrow: Windows) -> None:
    for earlier, later in pairwise(today):
        if later.start < earlier.end:
            raise OverlappingWindows(f"{name}: the windows {earlier} and {later} overlap", f"{earlier}, {later}")
    if today and tomorrow and tomorrow[0].start < today[-1].end - DAY_SECONDS:
        last, first = today[-1], tomorrow[0]
        raise OverlappingWindows(f"{name}: the window {last} overlaps {first} of the next day", f"{last}, {first}")


def _seconds(text: Any) -> int:
    if text in ("24:00", "24:00:00"):
        return DAY_SECONDS
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise BadWindow(f"{text!r} is not a local time from 00:00 to 24:00, as HH:MM or HH:MM:SS", text)
    hour, minute, second = (int(part or 0) for part in found.groups())
    return hour * 3600 + minute * 60 + second


def _text(seconds: int) -> str:
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")
