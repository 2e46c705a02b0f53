"""Which promises an incident has, and what an agreement's figures mean to shared/clocks.py. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from services.incidents.copies.domain import Terms
from services.incidents.pauses.domain import AGREED, Reason, Stretch
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
    NEXT_UPDATE = "next_update"
    VENDOR = "vendor"


class Unit(StrEnum):
    """How an agreement counts: plain seconds run 24x7, working units on its calendar."""

    SECONDS = "seconds"
    WORKING_SECONDS = "working_seconds"
    WORKING_DAYS = "working_days"


FROM_REPORT = (Kind.RESPOND, Kind.ON_SITE, Kind.RESOLVE, Kind.NEXT_UPDATE)
FROM_CLASSIFICATION = (Kind.PLAN_REQUESTED, Kind.SUPERIOR_TOLD)
ENDED_BY_RESOLUTION = (Kind.ON_SITE, Kind.PLAN_REQUESTED, Kind.PLAN_DECIDED, Kind.NEXT_UPDATE, Kind.VENDOR)
"""Promises that have no point once service is restored. To tell the superior authority is owed until the close."""

PROMISED_TO_CUSTOMER = (Kind.RESPOND, Kind.ON_SITE, Kind.RESOLVE, Kind.NEXT_UPDATE)
NOT_COUNTED: Mapping[str, Collection[Kind]] = {
    **dict.fromkeys(AGREED, PROMISED_TO_CUSTOMER),
    Reason.RESOLVED: tuple(kind for kind in Kind if kind is not Kind.SUPERIOR_TOLD),
    Reason.CLOSED: tuple(Kind),
    Reason.CANCELLED: tuple(Kind),
    Reason.MERGED: tuple(Kind),
}
"""Which clocks stand still for a reason. What is owed to the superior authority ends with the close only."""


def calendar_of(data: Mapping[str, Any]) -> WorkCalendar:
    """The calendar of plain data. Few calendars serve many clocks, so the last ones are kept ready."""
    return _calendar_of(orjson.dumps(data, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=256)
def _calendar_of(data: bytes) -> WorkCalendar:
    return WorkCalendar.from_data(orjson.loads(data))


@dataclass(frozen=True)
class Aim:
    """What is promised: so much of a unit on a calendar (plain data; None runs 24x7), and when to warn.

    `warning_percents` of its time (none: the platform's own), `warn_before_seconds` of counted time ahead of its end.
    """

    amount: int
    unit: str
    calendar: Mapping[str, Any] | None
    warning_percents: tuple[int, ...] = ()
    warn_before_seconds: tuple[int, ...] = ()

    @classmethod
    def of(cls, target: Target, terms: Terms) -> Aim:
        return cls(
            target.amount,
            target.unit,
            None if target.unit == Unit.SECONDS else terms.calendar,
            tuple(terms.warning_percents),
            tuple(terms.warn_before_seconds),
        )

    @property
    def budget(self) -> clocks.Budget:
        unit = clocks.Unit.WORKING_DAYS if self.unit == Unit.WORKING_DAYS else clocks.Unit.SECONDS
        return clocks.Budget(self.amount, unit)

    @property
    def work_calendar(self) -> WorkCalendar:
        return ALWAYS if self.calendar is None else calendar_of(self.calendar)


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
    about_id: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID | None]:
        return self.kind, self.about_id

    @property
    def promise(self) -> clocks.Clock:
        return clocks.Clock(self.kind, self.started_at, self.aim.budget, self.aim.work_calendar)


@dataclass(frozen=True)
class Made:
    """A promise that an incident has, or had. `is_given_up`: it was not made any more before it was kept or broken."""

    kind: str
    about_id: UUID | None
    started_at: datetime
    is_open: bool
    is_given_up: bool

    @property
    def key(self) -> tuple[str, UUID | None]:
        return self.kind, self.about_id


@dataclass(frozen=True)
class Recorded:
    """A promise of an incident taken over, and how it ended by the record; neither: it runs on."""

    bearer: Bearer
    wanted: Wanted
    stopped_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Alert:
    """A timer of a clock: when `percent` of its time is used, when `before` seconds are left, or it is broken."""

    due_at: datetime
    percent: int | None = None
    before: int | None = None


def pauses_of(kind: str, stretches: Iterable[Stretch]) -> tuple[clocks.Pause, ...]:
    """What a clock of this kind does not count."""
    mine = (stretch for stretch in stretches if kind in NOT_COUNTED[stretch.reason])
    return tuple(clocks.Pause(stretch.from_at, stretch.until_at, stretch.reason) for stretch in mine)


@dataclass(frozen=True)
class Reading:
    """A clock as people see it at one moment. Seconds are counted ones; below zero are left when it is broken.

    `due_at`: empty while it stands still and no end of that is planned.
    """

    clock_id: UUID
    promise: clocks.Clock
    about_id: UUID | None
    due_at: datetime | None
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
    def counted(self) -> timedelta:
        return clocks.counted(self.promise, self.at)

    @property
    def counted_seconds(self) -> int:
        return clocks.counted_seconds(self.promise, self.at)

    @property
    def remaining_seconds(self) -> int:
        return clocks.remaining_seconds(self.promise, self.at)

    @property
    def target_seconds(self) -> int:
        return round(self.promise.total.total_seconds())

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


def due_at(planned: clocks.Clock, now: datetime) -> datetime | None:
    """When an open clock is due if nobody does anything; None: not before an open pause without an end ends, or, after
    a pause until far ahead, not within what calendars reach.
    """
    is_known = planned.phase is clocks.Phase.RUNNING or clocks.counted(planned, now) >= planned.total
    with suppress(BeyondCalendar):
        return clocks.due_at(planned, now) if is_known else None
    return None


def breaks_at(planned: clocks.Clock, now: datetime) -> datetime | None:
    """When an open clock is broken, likewise."""
    is_broken = clocks.state(planned, now) is clocks.State.BREACHED
    with suppress(BeyondCalendar):
        return clocks.breach_at(planned, now) if is_broken or planned.phase is clocks.Phase.RUNNING else None
    return None


def alerts(clock: clocks.Clock, now: datetime, aim: Aim, usual_percents: Sequence[int]) -> Iterator[Alert]:
    """What is still to come of a running clock. Of the warnings already due only the last is given, due now."""
    breach = clocks.breach_at(clock, now)
    if now < breach:
        warnings = sorted(_warnings(clock, now, aim, usual_percents), key=lambda alert: alert.due_at)
        passed = [alert for alert in warnings if alert.due_at <= now]
        if passed:
            yield replace(passed[-1], due_at=now)
        yield from (alert for alert in warnings if alert.due_at > now)
    yield Alert(max(breach, now))


def _warnings(clock: clocks.Clock, now: datetime, aim: Aim, usual_percents: Sequence[int]) -> Iterator[Alert]:
    percents = aim.warning_percents or tuple(usual_percents)
    times = clocks.warning_times(clock, now, [percent / 100 for percent in percents])
    for percent, at in zip(percents, times, strict=True):
        yield Alert(at, percent=percent)
    for seconds in aim.warn_before_seconds:
        if near := clocks.time_before(clock, now, seconds):
            yield Alert(near, before=seconds)


def alerts_to_come(clock: clocks.Clock, now: datetime, aim: Aim, usual_percents: Sequence[int]) -> Iterator[Alert]:
    """Those of the alerts that lie ahead: of what passed long before we knew, nobody is told."""
    return (alert for alert in alerts(clock, now, aim, usual_percents) if alert.due_at > now)


def is_used(clock: clocks.Clock, now: datetime, percent: int) -> bool:
    """Whether so much of the clock's time is counted, by the arithmetic that set the timer."""
    return clocks.warning_times(clock, now, (percent / 100,))[0] <= now


def is_near(clock: clocks.Clock, now: datetime, seconds: int) -> bool:
    """Whether so few seconds of the clock's time are left, by the arithmetic that set the timer."""
    at = clocks.time_before(clock, now, seconds)
    return at is not None and at <= now


def percent_before(clock: clocks.Clock, seconds: int) -> int:
    """How much of its time is used when so many seconds of it are left."""
    return int((clock.total - timedelta(seconds=seconds)) / clock.total * 100)
