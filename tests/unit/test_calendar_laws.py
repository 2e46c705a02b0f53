"""The laws of working time. Its answers against a count of single minutes are in test_calendar_counted.py."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar import ALWAYS, WorkCalendar, chinese_office_hours
from tests.builders.calendars import some_calendar

HOUR, DAY = 3600, 86_400
OFFICE_HOURS = chinese_office_hours([date(2026, 10, day) for day in range(1, 8)], [date(2026, 10, 10)])

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
