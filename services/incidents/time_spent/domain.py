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


class SpentBefore(Unprocessable):
    code = "time_spent_before"
    en = "Time is spent on an incident after its report: {spent_on} is before it."
    zh = "工时应在事件报告之后：{spent_on} 早于报告日期。"


def require_spent(spent_on: date, reported_on: date, today: date) -> None:
    """Days of the report and of now in UTC: elsewhere it may be another day. Raises SpentBefore, NotYetSpent."""
    if spent_on < reported_on - timedelta(days=1):
        raise SpentBefore(spent_on=spent_on)
    if spent_on > today + timedelta(days=1):
        raise NotYetSpent(spent_on=spent_on)
