"""Which plain data that somebody sent is a work calendar. The rules are in `shared/calendar.py`, which tells nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shared.calendar import CalendarError, WorkCalendar
from shared.errors import Unprocessable


class InvalidCalendar(Unprocessable):
    code = "invalid_calendar"
    en = "The calendar is not valid: {why} ({at})."
    zh = "工作日历无效：{why}（{at}）。"


@contextmanager
def calendar_told() -> Iterator[None]:
    """Raises InvalidCalendar for what is no calendar."""
    try:
        yield
    except CalendarError as problem:
        raise InvalidCalendar(why=problem.why, at=problem.at) from problem


def checked_calendar(data: Mapping[str, Any]) -> WorkCalendar:
    """The calendar of plain data. Raises InvalidCalendar."""
    with calendar_told():
        return WorkCalendar.from_data(data)
