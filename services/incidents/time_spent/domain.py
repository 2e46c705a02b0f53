"""Kinds of work, and what an entry of time may say. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from shared.errors import Unprocessable

LONGEST_MINUTES = 24 * 60


class Work(StrEnum):
    REMOTE = "remote"
    ON_SITE = "on_site"
    TRAVEL = "travel"


class NotYetSpent(Unprocessable):
    code = "time_not_yet_spent"
    en = "Time is entered once it is spent: {spent_on} is still to come."
    zh = "工时在发生后登记：{spent_on} 尚未到来。"


def require_past(spent_on: date, today: date) -> None:
    """`today` in UTC; east of it a new day may have begun. Raises NotYetSpent."""
    if spent_on > today + timedelta(days=1):
        raise NotYetSpent(spent_on=spent_on)
