"""The default agreement's figures, and when a version of an agreement comes into force. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.errors import Unprocessable
from shared.events.contracts import Target

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


def as_data(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [target.model_dump() for target in targets]
