"""The default agreement's figures, and when a version of an agreement comes into force. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from shared import clocks
from shared.calendar import ALWAYS, WorkCalendar
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import Target
from shared.zones import FIRST_YEAR, LAST_YEAR, BeyondCalendar, zone_named

HOUR = 3600
SEVERITIES = ("general", "major", "disaster", "consultation")
KINDS = ("respond", "on_site", "resolve", "plan_requested", "plan_decided", "superior_told")
UNITS = ("seconds", "working_seconds", "working_days")
SIDES = ("provider", "customer")

DEFAULT_TARGETS: tuple[Target, ...] = tuple(
    Target(severity=severity, kind=kind, amount=amount, unit=unit)
    for severity, kind, amount, unit in (
        ("general", "respond", HOUR, "seconds"),
        ("general", "on_site", 2 * HOUR, "seconds"),
        ("general", "resolve", 8 * HOUR, "seconds"),
        ("major", "respond", HOUR, "seconds"),
        ("major", "on_site", 2 * HOUR, "seconds"),
        ("major", "resolve", 1, "working_days"),
        ("major", "plan_requested", HOUR, "seconds"),
        ("major", "plan_decided", HOUR // 2, "seconds"),
        ("major", "superior_told", 2 * HOUR, "seconds"),
        ("disaster", "respond", HOUR // 2, "seconds"),
        ("disaster", "on_site", 2 * HOUR, "seconds"),
        ("disaster", "resolve", 1, "working_days"),
        ("disaster", "plan_requested", HOUR // 4, "seconds"),
        ("disaster", "plan_decided", HOUR // 4, "seconds"),
        ("disaster", "superior_told", HOUR, "seconds"),
        ("consultation", "respond", 4 * HOUR, "working_seconds"),
        ("consultation", "resolve", 3, "working_days"),
    )
)
"""The figures of the service plan the product comes from; each can be changed per contract and severity."""


class TargetRepeated(Unprocessable):
    code = "target_repeated"
    en = "The agreement names {kind} for {severity} more than once."
    zh = "协议中 {severity} 的 {kind} 重复。"


class TermEmpty(Unprocessable):
    code = "term_empty"
    en = "The contract must end after it starts."
    zh = "合同结束日期必须晚于开始日期。"


class InvalidCalendar(Unprocessable):
    code = "invalid_calendar"
    en = "The calendar is not valid: {reason}"
    zh = "工作日历无效：{reason}"


class TargetBeyondCalendar(Unprocessable):
    code = "target_beyond_calendar"
    en = "The target {kind} for {severity} would not fall due within the years that calendars reach."
    zh = "{severity} 的 {kind} 目标时限超出了日历的可计算年份。"


class NewerAgreementInForce(Conflict):
    code = "newer_agreement_in_force"
    en = "Revision {newer} is in force already; revision {revision} cannot replace it."
    zh = "第 {newer} 版协议已生效，第 {revision} 版不能取代它。"


@dataclass(frozen=True)
class Signatures:
    """Who signed a version for each side; None while that side has not."""

    provider: str | None
    customer: str | None

    @property
    def complete(self) -> bool:
        return self.provider is not None and self.customer is not None


def require_unique(targets: Sequence[Target]) -> None:
    seen: set[tuple[str, str]] = set()
    for target in targets:
        if (target.severity, target.kind) in seen:
            raise TargetRepeated(severity=target.severity, kind=target.kind)
        seen.add((target.severity, target.kind))


def require_term(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise TermEmpty()


def require_due(targets: Sequence[Target], calendar: WorkCalendar, starts: Sequence[datetime]) -> None:
    """Raise TargetBeyondCalendar for a target whose breach could not be told, counted from each of the starts."""
    for target in targets:
        days = target.unit == "working_days"
        budget = clocks.Budget(target.amount, clocks.Unit.WORKING_DAYS if days else clocks.Unit.SECONDS)
        counts_on = ALWAYS if target.unit == "seconds" else calendar
        try:
            for start in starts:
                clocks.breach_at(clocks.Clock(target.kind, start, budget, counts_on), start)
        except BeyondCalendar as problem:
            raise TargetBeyondCalendar(severity=target.severity, kind=target.kind) from problem


def require_days(calendar: WorkCalendar) -> None:
    """Raise InvalidCalendar for an exception on a day that calendars do not reach."""
    for day, _ in calendar.exceptions:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidCalendar(reason=str(BeyondCalendar()))


def end_of_term(ends_on: date, calendar: WorkCalendar) -> datetime:
    """The first instant after the term, where the calendar is."""
    return datetime.combine(ends_on, time(), zone_named(calendar.zone))


def require_newer(revision: int, in_force: int) -> None:
    """Raise NewerAgreementInForce for a revision that was drawn up before the one in force."""
    if revision < in_force:
        raise NewerAgreementInForce(revision=revision, newer=in_force)


def as_data(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [target.model_dump() for target in targets]
