"""Which promises an incident has, and what an agreement's figures mean to shared/clocks.py. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.incidents.copies.domain import Terms
from shared import clocks
from shared.calendar import ALWAYS, WorkCalendar
from shared.events.contracts import Target
from shared.zones import BeyondCalendar

ROUND_THE_CLOCK = ALWAYS.to_data()


class Kind(StrEnum):
    RESPOND = "respond"
    ON_SITE = "on_site"
    RESOLVE = "resolve"
    PLAN_REQUESTED = "plan_requested"
    PLAN_DECIDED = "plan_decided"
    SUPERIOR_TOLD = "superior_told"


class Unit(StrEnum):
    """How an agreement counts: plain seconds run 24x7, working units on its calendar."""

    SECONDS = "seconds"
    WORKING_SECONDS = "working_seconds"
    WORKING_DAYS = "working_days"


FROM_REPORT = (Kind.RESPOND, Kind.ON_SITE, Kind.RESOLVE)
FROM_CLASSIFICATION = (Kind.PLAN_REQUESTED, Kind.SUPERIOR_TOLD)
ENDED_BY_RESOLUTION = (Kind.ON_SITE, Kind.PLAN_REQUESTED, Kind.PLAN_DECIDED)
"""Promises that have no point once service is restored. To tell the superior authority is owed until the close."""


@dataclass(frozen=True)
class Aim:
    """What is promised: so much of a unit on a calendar (plain data; None runs 24x7)."""

    amount: int
    unit: str
    calendar: Mapping[str, Any] | None

    @classmethod
    def of(cls, target: Target, terms: Terms) -> Aim:
        return cls(target.amount, target.unit, None if target.unit == Unit.SECONDS else terms.calendar)

    @property
    def budget(self) -> clocks.Budget:
        unit = clocks.Unit.WORKING_DAYS if self.unit == Unit.WORKING_DAYS else clocks.Unit.SECONDS
        return clocks.Budget(self.amount, unit)

    @property
    def work_calendar(self) -> WorkCalendar:
        return ALWAYS if self.calendar is None else WorkCalendar.from_data(self.calendar)


@dataclass(frozen=True)
class Bearer:
    """The incident whose promises are meant."""

    incident_id: UUID
    customer_id: UUID
    number: str


@dataclass(frozen=True)
class Wanted:
    """A promise to arm: from when it runs, and to what."""

    kind: str
    started_at: datetime
    aim: Aim
    activation_id: UUID | None = None

    @property
    def promise(self) -> clocks.Clock:
        return clocks.Clock(self.kind, self.started_at, self.aim.budget, self.aim.work_calendar)


@dataclass(frozen=True)
class Recorded:
    """A promise of an incident taken over, and how it ended by the record; neither: it runs on."""

    bearer: Bearer
    wanted: Wanted
    stopped_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Alert:
    """A timer of a clock: when `percent` of its time is used, or it is broken (None)."""

    percent: int | None
    due_at: datetime


@dataclass(frozen=True)
class Reading:
    """A clock as people see it at one moment. Seconds are counted ones; below zero are left when it is broken."""

    promise: clocks.Clock
    activation_id: UUID | None
    due_at: datetime
    at: datetime

    @property
    def kind(self) -> str:
        return self.promise.kind

    @property
    def state(self) -> str:
        return clocks.state(self.promise, self.at).value

    @property
    def started_at(self) -> datetime:
        return self.promise.started_at

    @property
    def stopped_at(self) -> datetime | None:
        return self.promise.stopped_at or self.promise.cancelled_at

    @property
    def counted_seconds(self) -> int:
        return clocks.counted_seconds(self.promise, self.at)

    @property
    def remaining_seconds(self) -> int:
        return clocks.remaining_seconds(self.promise, self.at)

    @property
    def target_seconds(self) -> int:
        return round(clocks.total(self.promise).total_seconds())

    @property
    def account(self) -> list[clocks.Interval]:
        """Every interval of its life, counted or why not: a dispute is settled from it."""
        return clocks.explain(self.promise, self.at)


def aim(terms: Terms | None, kind: str, severity: str, *, hits_key_business: bool) -> Aim | None:
    """What the agreement promises for a kind, if anything.

    The superior authority is told of disasters, and of lesser faults only when they hit a key business.
    """
    if terms is None or (kind == Kind.SUPERIOR_TOLD and severity != "disaster" and not hits_key_business):
        return None
    target = terms.target(severity, kind)
    return Aim.of(target, terms) if target else None


def can_break(promise: clocks.Clock) -> bool:
    """Whether the moment at which the promise is broken lies within what calendars reach."""
    try:
        clocks.breach_at(promise, promise.started_at)
    except BeyondCalendar:
        return False
    return True


def alerts(clock: clocks.Clock, now: datetime, percents: Sequence[int]) -> Iterator[Alert]:
    """What is still to come of a running clock. Of the warnings already due only the last is given, due now."""
    breach = clocks.breach_at(clock, now)
    times = clocks.warning_times(clock, now, [percent / 100 for percent in percents])
    if now < breach:
        passed = [percent for percent, at in zip(percents, times, strict=True) if at <= now]
        if passed:
            yield Alert(max(passed), now)
        for percent, at in zip(percents, times, strict=True):
            if at > now:
                yield Alert(percent, at)
    yield Alert(None, max(breach, now))


def alerts_to_come(clock: clocks.Clock, now: datetime, percents: Sequence[int]) -> Iterator[Alert]:
    """Those of the alerts that lie ahead: of what passed long before we knew, nobody is told."""
    return (alert for alert in alerts(clock, now, percents) if alert.due_at > now)


def is_used(clock: clocks.Clock, now: datetime, percent: int) -> bool:
    """Whether so much of the clock's time is counted, by the arithmetic that set the timer."""
    return clocks.warning_times(clock, now, (percent / 100,))[0] <= now
