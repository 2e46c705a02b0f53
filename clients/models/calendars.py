"""What a calendar says of a time."""

from __future__ import annotations

from datetime import datetime

from clients.models.base import Answer


class OpenTime(Answer):
    """In the calendar's own time."""

    starts_at: datetime
    ends_at: datetime


class Preview(Answer):
    """`due_at`: when the amount that was asked for, counted from `at`, is over."""

    at: datetime
    is_open: bool
    next_opening: datetime
    due_at: datetime | None
    intervals: tuple[OpenTime, ...]
    provisional_years: tuple[int, ...]
