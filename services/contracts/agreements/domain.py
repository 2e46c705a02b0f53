"""The default agreement's figures and terms, and the states of a version of an agreement. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from shared import clocks
from shared.calendar import ALWAYS, WorkCalendar
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import Target
from shared.moves import Moves, moved
from shared.priorities import DEFAULT_PRIORITIES
from shared.zones import BeyondCalendar, zone_named

HOUR = 3600


class State(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    SIGN = "sign"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


MOVES: Moves = {
    (State.DRAFT, Move.SIGN): State.IN_FORCE,
    (State.IN_FORCE, Move.SUPERSEDE): State.SUPERSEDED,
    (State.IN_FORCE, Move.WITHDRAW): State.WITHDRAWN,
}
"""A draft is in force with the second signature; another version in force supersedes it."""
BY_ITSELF = (Move.SUPERSEDE,)
SAID = (State.IN_FORCE, State.SUPERSEDED)
"""The versions that count for a clock: now, or for what was reported in their time."""

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


@dataclass(frozen=True)
class Terms:
    """What a version agrees beside its figures and its calendar; each as AgreementChanged tells it."""

    applies_to_open: bool = False
    warning_percents: Sequence[int] = ()
    warn_before_seconds: Sequence[int] = ()
    pause_reasons: Sequence[str] = ("waiting_for_customer",)
    pause_cap_seconds: int | None = None
    close_after_days: int | None = 5
    priorities: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: DEFAULT_PRIORITIES)


class TargetRepeated(Unprocessable):
    code = "target_repeated"
    en = "The agreement names {kind} for {severity} more than once."
    zh = "协议中 {severity} 的 {kind} 重复。"


class CalendarGivenTwice(Unprocessable):
    code = "calendar_given_twice"
    en = "Give the calendar by its id or as data, not both."
    zh = "工作日历只能以编号或数据之一给出。"


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


def state_after(state: str, move: Move) -> str:
    """Raises IllegalMove, which offers what people do."""
    return moved(MOVES, state, move, by_itself=BY_ITSELF)


def require_unique(targets: Sequence[Target]) -> None:
    seen: set[tuple[str, str]] = set()
    for target in targets:
        if (target.severity, target.kind) in seen:
            raise TargetRepeated(severity=target.severity, kind=target.kind)
        seen.add((target.severity, target.kind))


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


def end_of_term(ends_on: date, calendar: WorkCalendar) -> datetime:
    """The first instant after the term, where the calendar is."""
    return datetime.combine(ends_on, time(), zone_named(calendar.zone))


def require_newer(revision: int, in_force: int) -> None:
    """Raise NewerAgreementInForce for a revision that was drawn up before the one in force."""
    if revision < in_force:
        raise NewerAgreementInForce(revision=revision, newer=in_force)


def as_data(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [target.model_dump() for target in targets]


def as_columns(terms: Terms) -> dict[str, Any]:
    """The terms as they are stored: warnings in order, each once; reasons once."""
    return asdict(terms) | {
        "warning_percents": sorted(set(terms.warning_percents)),
        "warn_before_seconds": sorted(set(terms.warn_before_seconds)),
        "pause_reasons": list(dict.fromkeys(terms.pause_reasons)),
    }
