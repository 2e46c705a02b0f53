"""How long the arithmetic of working time takes, years ahead."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from bench.report import Goal, Measured
from shared.calendar import WorkCalendar, chinese_office_hours

TIMES = 20_000
TWO_YEARS = 2 * 250 * 27_000
"""Seconds of working time in about so long: 250 days of seven and a half hours each."""
BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)


def run() -> list[Goal]:
    calendar = _office_hours()
    starts = [BEGIN + timedelta(minutes=17 * number) for number in range(TIMES)]
    microseconds = Measured.of([_took(calendar, start) for start in starts])
    return [
        Goal("calendar: add two years of working time, p50", microseconds.p50, 50, "µs"),
        Goal("calendar: add two years of working time, p99", microseconds.p99, 50, "µs"),
    ]


def _office_hours() -> WorkCalendar:
    """With as many holidays and make-up days as five years in China have."""
    years = range(2026, 2031)
    holidays = [date(year, month, day) for year in years for month in (1, 2, 5, 10) for day in range(1, 8)]
    make_up = [date(year, month, day) for year in years for month in (1, 2, 5, 10) for day in (10, 11)]
    return chinese_office_hours(holidays, make_up)


def _took(calendar: WorkCalendar, start: datetime) -> float:
    began = time.perf_counter()
    calendar.add(start, TWO_YEARS)
    return 1e6 * (time.perf_counter() - began)
