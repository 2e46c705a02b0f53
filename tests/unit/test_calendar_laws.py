"""The laws of working time, and every answer against a slow count of single minutes in awkward zones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar import ALWAYS, WorkCalendar, chinese_office_hours

HOUR, DAY = 3600, 86_400
MINUTE = timedelta(minutes=1)
OFFICE_HOURS = chinese_office_hours([date(2026, 10, day) for day in range(1, 8)], [date(2026, 10, 10)])

Minutes = list[tuple[int, int]]


def _clock_face(minute: int) -> str:
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02}:{minute % 60:02}"


class SlowCalendar:
    """Windows in minutes; asks of each single minute whether its wall time lies in one."""

    def __init__(self, zone: str, week: list[Minutes], exceptions: dict[date, Minutes]) -> None:
        self.zone, self.week, self.exceptions = ZoneInfo(zone), week, exceptions
        self.name = zone

    def windows(self, day: date) -> Minutes:
        return self.exceptions[day] if day in self.exceptions else self.week[day.weekday()]

    def owner(self, at: datetime) -> tuple[date, int] | None:
        """The day whose window the minute is in, and its minutes since that day's midnight."""
        wall = at.astimezone(self.zone)
        for back in (0, 1):
            day, minute = wall.date() - timedelta(days=back), wall.hour * 60 + wall.minute + 1440 * back
            if any(start <= minute < end for start, end in self.windows(day)):
                return day, minute
        return None

    def add_working_days(self, at: datetime, days: int) -> datetime:
        while (found := self.owner(at)) is None:
            at += MINUTE
        if not days:
            return at
        day, minute = found
        while days:
            day += timedelta(days=1)
            days -= bool(self.windows(day))
        windows = sorted(self.windows(day))
        inside = [max(start, min(end, minute)) for start, end in windows if start <= minute]
        wanted = datetime.combine(day, datetime.min.time()) + MINUTE * (inside[-1] if inside else windows[0][0])
        while at.astimezone(self.zone).replace(tzinfo=None) < wanted:
            at += MINUTE
        return at

    def quick(self) -> WorkCalendar:
        def data(windows: Minutes) -> list[list[str]]:
            return [[_clock_face(start), _clock_face(end)] for start, end in windows]

        return WorkCalendar.from_data(
            {
                "zone": self.name,
                "week": [data(windows) for windows in self.week],
                "exceptions": {day.isoformat(): data(windows) for day, windows in self.exceptions.items()},
            }
        )


def some_calendar(dice: random.Random, zone: str, day: date, around: int) -> SlowCalendar:
    """Any windows, over midnight or not, with exceptions so many days around a day."""
    overnight = dice.random() < 0.4
    earliest = 300 if overnight else 0

    def some_day() -> Minutes:
        marks = sorted(dice.sample(range(earliest, 1441, 5), 2 * dice.randint(0, 3)))
        windows = list(zip(marks[::2], marks[1::2], strict=True))
        if overnight and windows and dice.random() < 0.6:
            windows[-1] = windows[-1][0], 1440 + dice.randint(0, earliest)
        return windows

    week = [some_day() for _ in range(7)]
    week[dice.randrange(7)] = [(dice.randint(earliest, 600), 1320)]
    exceptions = {
        day + timedelta(days=dice.randint(-around, around)): some_day() for _ in range(dice.randint(0, around))
    }
    return SlowCalendar(zone, week, exceptions)


ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
]


def calendar_of(seed: int) -> WorkCalendar:
    if seed % 5 == 0:
        return ALWAYS if seed % 2 else OFFICE_HOURS
    dice = random.Random(seed)
    return some_calendar(dice, dice.choice(ZONES), date(2026, 7, 1), around=180).quick()


CALENDARS = st.integers(0, 10**6).map(calendar_of)
INSTANTS = st.datetimes(datetime(2025, 11, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
SECONDS = st.one_of(st.integers(1, 400 * HOUR), st.integers(1, 10**12).map(lambda micros: micros / 1_000_000))


@given(CALENDARS, INSTANTS, SECONDS)
def test_what_was_added_has_elapsed(calendar: WorkCalendar, at: datetime, seconds: float) -> None:
    assert calendar.elapsed(at, calendar.add(at, seconds)) == seconds
    assert calendar.elapsed(calendar.subtract(at, seconds), at) == seconds


@given(CALENDARS, INSTANTS, SECONDS)
def test_added_time_ends_where_working_time_runs_and_subtracted_time_where_it_starts(
    calendar: WorkCalendar, at: datetime, seconds: float
) -> None:
    due, start = calendar.add(at, seconds), calendar.subtract(at, seconds)
    assert calendar.previous_close(due) == due
    assert calendar.next_open(start) == start


@given(CALENDARS, INSTANTS, SECONDS)
def test_subtracting_undoes_adding_on_open_time(calendar: WorkCalendar, at: datetime, seconds: float) -> None:
    opening, closing = calendar.next_open(at), calendar.previous_close(at)
    assert calendar.subtract(calendar.add(opening, seconds), seconds) == opening
    assert calendar.add(calendar.subtract(closing, seconds), seconds) == closing


@given(CALENDARS, INSTANTS, st.integers(0, 200 * HOUR), st.integers(0, 200 * HOUR))
def test_adding_in_two_steps_is_adding_at_once(calendar: WorkCalendar, at: datetime, one: int, two: int) -> None:
    assert calendar.add(calendar.add(at, one), two) == calendar.add(at, one + two)
    assert calendar.subtract(calendar.subtract(at, one), two) == calendar.subtract(at, one + two)


@given(CALENDARS, st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_the_parts_of_a_span_add_up(calendar: WorkCalendar, instants: list[datetime]) -> None:
    first, middle, last = instants
    exactly = [timedelta(seconds=calendar.elapsed(*span)) for span in ((first, middle), (middle, last), (first, last))]
    assert exactly[0] + exactly[1] == exactly[2]
    assert calendar.elapsed(last, first) == 0


@given(CALENDARS, INSTANTS, INSTANTS, st.integers(1, 100 * HOUR), st.integers(0, 100))
def test_later_starts_and_longer_budgets_are_never_due_earlier(
    calendar: WorkCalendar, one: datetime, two: datetime, seconds: int, more: int
) -> None:
    earlier, later = sorted([one, two])
    assert calendar.add(earlier, seconds) <= calendar.add(later, seconds)
    assert calendar.add(earlier, seconds) <= calendar.add(earlier, seconds + more)
    assert calendar.subtract(earlier, seconds) <= calendar.subtract(later, seconds)


@given(CALENDARS, INSTANTS, st.integers(0, 40))
def test_one_more_working_day_is_always_later(calendar: WorkCalendar, at: datetime, days: int) -> None:
    assert at <= calendar.add_working_days(at, days) < calendar.add_working_days(at, days + 1)


@given(CALENDARS, INSTANTS, st.integers(0, 40 * DAY))
def test_open_intervals_are_apart_and_sum_up_to_elapsed(calendar: WorkCalendar, at: datetime, length: int) -> None:
    end = at + timedelta(seconds=length)
    intervals = list(calendar.open_intervals(at, end))
    marks = [at, *[mark for interval in intervals for mark in interval], end]
    assert marks == sorted(marks)
    assert all(one[1] < two[0] for one, two in pairwise(intervals))
    assert sum((b - a for a, b in intervals), timedelta()) == timedelta(seconds=calendar.elapsed(at, end))


@given(CALENDARS)
def test_any_calendar_survives_its_data(calendar: WorkCalendar) -> None:
    assert WorkCalendar.from_data(json.loads(json.dumps(calendar.to_data()))) == calendar


@settings(max_examples=30)
@given(CALENDARS, INSTANTS, st.integers(1, 5))
def test_far_away_is_as_exact_as_near(calendar: WorkCalendar, at: datetime, years: int) -> None:
    end = at + timedelta(days=365 * years)
    by_months = [at + timedelta(days=30 * month) for month in range(12 * years + 6)]
    marks = [*[mark for mark in by_months if mark < end], end]
    parts = [timedelta(seconds=calendar.elapsed(a, b)) for a, b in pairwise(marks)]
    assert sum(parts, timedelta()) == timedelta(seconds=calendar.elapsed(at, end))


TURNING_POINTS = [
    ("Asia/Shanghai", date(2026, 10, 1)),
    ("Asia/Shanghai", date(1991, 4, 14)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Pacific/Apia", date(2011, 12, 30)),
]
CASES = [(zone, day, seed) for zone, day in TURNING_POINTS for seed in range(10)]


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for is_open, group in groupby(flags):
        length = len(list(group))
        if is_open:
            yield at, at + length
        at += length


@pytest.mark.parametrize(("zone", "day", "seed"), CASES)
def test_every_answer_agrees_with_a_count_of_single_minutes(zone: str, day: date, seed: int) -> None:
    dice = random.Random(f"{zone} {day} {seed}")
    slow = some_calendar(dice, zone, day, around=3)
    quick = slow.quick()
    base = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=dice.randint(24, 48))
    at = [base + MINUTE * index for index in range(3 * 1440)]
    flags = [slow.owner(minute) is not None for minute in at]
    opens = [index for index, is_open in enumerate(flags) if is_open]

    assert list(quick.open_intervals(at[0], at[-1])) == [(at[a], at[b]) for a, b in _runs(flags[:-1])]
    for _ in range(12):
        first, last = sorted(dice.sample(range(len(at)), 2))
        inside = [index for index in opens if first <= index < last]
        assert quick.elapsed(at[first], at[last]) == 60 * len(inside)
        if inside:
            needed = dice.randint(1, len(inside))
            assert quick.add(at[first], 60 * needed) == at[inside[needed - 1]] + MINUTE
            assert quick.subtract(at[last], 60 * needed) == at[inside[-needed]]
            assert quick.next_open(at[first]) == at[inside[0]]
            assert quick.previous_close(at[last]) == at[inside[-1]] + MINUTE


@pytest.mark.parametrize(("zone", "day", "seed"), CASES[::2])
def test_working_days_agree_with_a_count_of_single_days(zone: str, day: date, seed: int) -> None:
    dice = random.Random(f"{zone} {day} {seed}")
    slow = some_calendar(dice, zone, day, around=3)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=dice.randint(0, 2880))
    days = dice.randint(0, 3)
    assert slow.quick().add_working_days(start, days) == slow.add_working_days(start, days)
