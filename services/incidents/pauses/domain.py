"""Why the time of an incident does not count, and how much of it may not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Conflict, Unprocessable


class Reason(StrEnum):
    """Why an incident's time did not count: agreed with the customer, or because the incident was over meanwhile."""

    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    SITE_CLOSED = "site_closed"
    AGREED_WINDOW = "agreed_window"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


AGREED = (Reason.WAITING_FOR_CUSTOMER, Reason.SITE_CLOSED, Reason.AGREED_WINDOW)
"""Reasons for which an incident waits. Never for our own parts or for external parties."""


@dataclass(frozen=True)
class Stretch:
    """Time of an incident that did not count, still open while `until_at` is None; then it may have a planned end."""

    from_at: datetime
    until_at: datetime | None
    reason: str
    planned_until_at: datetime | None = None


def as_planned(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches as they will be if nobody does anything: an open one ends when it is to end."""
    return tuple(replace(each, until_at=each.until_at or each.planned_until_at) for each in stretches)


class PauseNotAgreed(Unprocessable):
    code = "pause_not_agreed"
    en = "The agreement does not let the time stand still for this reason ({reason})."
    zh = "服务协议未约定因该原因（{reason}）暂停计时。"


class PauseCapUsed(Conflict):
    code = "pause_cap_used"
    en = "The agreement lets the time stand still for {cap_seconds} s in all; they are used up."
    zh = "协议约定累计最多暂停 {cap_seconds} 秒，已用完。"


class PauseOverCap(Unprocessable):
    code = "pause_over_cap"
    en = "The pause would be longer than the agreement allows: {left_seconds} s are left of {cap_seconds} s."
    zh = "暂停时长超过协议上限：共 {cap_seconds} 秒，剩余 {left_seconds} 秒。"


class PauseEndsBeforeNow(Unprocessable):
    code = "pause_ends_before_now"
    en = "The planned end of a pause lies ahead."
    zh = "暂停的计划结束时间必须晚于当前时间。"


@dataclass(frozen=True)
class Allowance:
    """For which reasons an incident may wait, and for how long in all (None: no cap)."""

    reasons: Collection[str]
    cap: timedelta | None


def paused_in_all(stretches: Iterable[Stretch], now: datetime) -> timedelta:
    """How long the incident waited for agreed reasons, by the wall clock."""
    waited = (stretch for stretch in stretches if stretch.reason in AGREED)
    return sum(((stretch.until_at or now) - stretch.from_at for stretch in waited), timedelta())


def planned_end(
    allowance: Allowance, stretches: Iterable[Stretch], reason: str, wanted: datetime | None, now: datetime
) -> datetime | None:
    """When a pause that begins now ends by itself; None: not before somebody ends it.

    Raises PauseNotAgreed, PauseCapUsed, PauseOverCap, PauseEndsBeforeNow.
    """
    if reason not in allowance.reasons:
        raise PauseNotAgreed(reason=reason)
    if wanted is not None and wanted <= now:
        raise PauseEndsBeforeNow()
    if allowance.cap is None:
        return wanted
    left, cap_seconds = allowance.cap - paused_in_all(stretches, now), round(allowance.cap.total_seconds())
    if left <= timedelta():
        raise PauseCapUsed(cap_seconds=cap_seconds)
    if wanted is not None and wanted > now + left:
        raise PauseOverCap(cap_seconds=cap_seconds, left_seconds=int(left.total_seconds()))
    return latest_end(allowance, stretches, now, wanted)


def replanned(
    stretches: Sequence[Stretch], allowance: Allowance, asked: datetime | None, now: datetime
) -> tuple[Stretch, ...]:
    """The stretches if the one that is open ended by another allowance; `asked`: the end that was asked for it."""
    *before, last = stretches
    end = latest_end(allowance, before, last.from_at, asked)
    return (*before, replace(last, planned_until_at=end, until_at=end if end and end <= now else None))


def latest_end(
    allowance: Allowance, before: Iterable[Stretch], from_at: datetime, asked: datetime | None
) -> datetime | None:
    """When a pause since `from_at` ends by itself: as asked for, or earlier where what is left of the cap is used up.

    `before`: the stretches up to it. None: not before somebody ends it.
    """
    if allowance.cap is None:
        return asked
    capped = from_at + max(allowance.cap - paused_in_all(before, from_at), timedelta())
    return capped if asked is None else min(asked, capped)
