"""Every answer of a calendar against a count of single minutes: ten thousand calendars, zones and spans by chance.

The count knows nothing of ours: it asks the standard library for the wall time of each minute, and looks it up among
the minutes of that day's windows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest

from tests.builders.calendars import MINUTE, SlowCalendar, some_calendar

A_DAY = 1440
SPAN = 5 * A_DAY
ROUNDS = 500
TURNING_POINTS = [
    ("Asia/Shanghai", date(2026, 10, 1)),
    ("Asia/Shanghai", date(1991, 4, 14)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Asia/Kathmandu", date(2026, 7, 1)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Dublin", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Pacific/Kiritimati", date(1995, 1, 1)),
    ("UTC", date(2026, 2, 28)),
]


@dataclass(frozen=True)
class Walls:
    """The wall time of each minute around a day, in minutes since `first`'s midnight."""

    base: datetime
    first: date
    minutes: tuple[int, ...]


@cache
def walls(zone: str, day: date) -> Walls:
    base, first = datetime(day.year, day.month, day.day, tzinfo=UTC) - MINUTE * SPAN, day - timedelta(days=9)
    origin = datetime.combine(first, datetime.min.time())
    local = ((base + MINUTE * at).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in range(2 * SPAN))
    return Walls(base, first, tuple((wall - origin) // MINUTE for wall in local))


def open_minutes(slow: SlowCalendar, around: Walls) -> list[bool]:
    """Whether each minute lies in a window."""
    marked = bytearray(20 * A_DAY)
    for index in range(18):
        for start, end in slow.windows(around.first + timedelta(days=index)):
            marked[index * A_DAY + start : index * A_DAY + end] = b"\1" * (end - start)
    return [bool(marked[wall]) for wall in around.minutes]


def runs(flags: list[bool]) -> list[tuple[int, int]]:
    found, at = [], 0
    for is_open, group in groupby(flags):
        length = len(list(group))
        found += [(at, at + length)] if is_open else []
        at += length
    return found


@pytest.mark.parametrize(("zone", "day"), TURNING_POINTS)
def test_every_answer_agrees_with_a_count_of_single_minutes(zone: str, day: date) -> None:
    dice, around = random.Random(f"{zone} {day}"), walls(zone, day)
    for _ in range(ROUNDS):
        slow = some_calendar(dice, zone, day, around=3)
        agrees(dice, slow, around, open_minutes(slow, around))


def agrees(dice: random.Random, slow: SlowCalendar, around: Walls, flags: list[bool]) -> None:
    """One span of the calendar, counted both ways."""
    quick = slow.quick()
    first, last = sorted(dice.sample(range(len(flags)), 2))
    start, end = around.base + MINUTE * first, around.base + MINUTE * last
    counting = [index for index in range(first, last) if flags[index]]

    spans = [(start + MINUTE * a, start + MINUTE * b) for a, b in runs(flags[first:last])]
    assert list(quick.open_intervals(start, end)) == spans
    assert quick.elapsed(start, end) == 60 * len(counting)
    if counting:
        needed = dice.randint(1, len(counting))
        assert quick.add(start, 60 * needed) == around.base + MINUTE * (counting[needed - 1] + 1)
        assert quick.subtract(end, 60 * needed) == around.base + MINUTE * counting[-needed]
        assert quick.next_open(start) == around.base + MINUTE * counting[0]
        assert quick.previous_close(end) == around.base + MINUTE * (counting[-1] + 1)


@pytest.mark.parametrize(("zone", "day"), TURNING_POINTS)
@pytest.mark.parametrize("seed", range(4))
def test_working_days_agree_with_a_count_of_single_days(zone: str, day: date, seed: int) -> None:
    dice = random.Random(f"{zone} {day} {seed}")
    slow = some_calendar(dice, zone, day, around=3)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=dice.randint(0, 2880))
    days = dice.randint(0, 3)
    assert slow.quick().add_working_days(start, days) == slow.add_working_days(start, days)
