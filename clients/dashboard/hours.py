"""The hours of days, weeks and single dates as people type them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from clients.dashboard.asking import Mistyped
from clients.models import WorkCalendar
from clients.models.agreements import Windows

LONGEST_SPAN = timedelta(days=366)
DAYS = range(7)


class NotHours(Mistyped):
    """What was typed is no day, or no hours of one."""

    key = "not_hours"


def told_windows(text: str) -> Windows:
    """Told as 09:00-12:00, 13:30-18:00; none: closed. Raises NotHours."""
    return tuple(_window(part) for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip())


def told_week(told: Mapping[str, str]) -> tuple[Windows, ...]:
    """From Monday to Sunday, each in a field of its own. Raises NotHours."""
    return tuple(told_windows(told.get(f"week.{number}", "")) for number in DAYS)


def told_days(text: str) -> dict[str, Windows]:
    """A line for each day or span of days, 2026-10-01 or 2026-10-01..2026-10-07, then its hours. Raises NotHours."""
    days: dict[str, Windows] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        when, _, hours = line.partition(" ")
        first, _, last = when.partition("..")
        days |= dict.fromkeys(map(date.isoformat, span(first, last or first)), told_windows(hours))
    return days


def days_text(calendar: WorkCalendar) -> str:
    """The dates that differ from the week, a line for each, as they are read back."""
    lines = (f"{day} {windows_typed(windows)}".strip() for day, windows in sorted(calendar.exceptions.items()))
    return "\n".join(lines)


def windows_typed(windows: Windows) -> str:
    return ", ".join(f"{start}-{end}" for start, end in windows)


def corrected_days(calendar: WorkCalendar, first: str, last: str, hours: str) -> WorkCalendar:
    """With other hours on a day, or on each of a span of days. Raises NotHours."""
    windows, exceptions = told_windows(hours), dict(calendar.exceptions)
    for day in span(first, last or first):
        if windows == calendar.week[day.weekday()]:
            exceptions.pop(day.isoformat(), None)
        else:
            exceptions[day.isoformat()] = windows
    return calendar.model_copy(update={"exceptions": exceptions})


def span(first: str, last: str) -> Iterator[date]:
    """The days from the first to the last. Raises NotHours."""
    start, end = _day(first), _day(last)
    if not timedelta() <= end - start <= LONGEST_SPAN:
        raise NotHours(f"{first}..{last}")
    return (start + timedelta(days=number) for number in range((end - start).days + 1))


def _window(text: str) -> tuple[str, str]:
    start, dash, end = text.replace("–", "-").replace("：", ":").partition("-")
    if not dash or "-" in end:
        raise NotHours(text)
    return start.strip(), end.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as not_a_day:
        raise NotHours(text) from not_a_day
