"""Promises with a due time: what they counted, when they are due, and an account of every second.

Pure: `now` is an argument, nothing is stored. Which promises there are, and how long, is in the agreements.
Arithmetic is exact to the microsecond, and so are accounts: each line is as long as its edges are apart, with the
fraction of a second where there is one. Figures beside them are whole, every second begun counts: so a figure above
the budget and a breach are the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from shared.calendar import WorkCalendar
from shared.errors import IllegalMove
from shared.zones import utc

DEFAULT_FRACTIONS = (0.5, 0.75, 0.9)
COUNTED = "counted"
CLOSED = "outside_hours"
PAUSED = "paused"
STOPPED = "stopped"
"""Reasons of an account's intervals; a pause may bring its own."""

_STEP = timedelta(microseconds=1)


class BadBudget(ValueError):
    """A budget is a whole number above zero of seconds or working days."""


class BadPause(ValueError):
    """A pause does not end before it begins."""


class Unit(StrEnum):
    SECONDS = "seconds"
    WORKING_DAYS = "working_days"


class State(StrEnum):
    """How a promise stands. A breach stays one, paused or stopped; only a new target can lift it."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What may be done with a clock next, whatever it counted."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


MOVES: Mapping[Phase, tuple[str, ...]] = {
    Phase.RUNNING: ("pause", "stop", "retarget", "cancel"),
    Phase.PAUSED: ("resume", "stop", "retarget", "cancel"),
    Phase.STOPPED: ("reopen", "retarget"),
    Phase.CANCELLED: ("reopen",),
}


@dataclass(frozen=True)
class Budget:
    """How much may be counted until the promise is due."""

    amount: int
    unit: Unit = Unit.SECONDS

    def __post_init__(self) -> None:
        if type(self.amount) is not int or self.amount <= 0:
            raise BadBudget(f"{self.amount!r} is not a whole number above zero")
        if self.unit not in tuple(Unit):
            raise BadBudget(f"{self.unit!r} is no unit; there are {', '.join(Unit)}")
        object.__setattr__(self, "unit", Unit(self.unit))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Budget:
        if set(data) != {"amount", "unit"}:
            raise BadBudget("a budget has the members amount and unit")
        return cls(data["amount"], data["unit"])

    def to_data(self) -> dict[str, Any]:
        return {"amount": self.amount, "unit": self.unit.value}


@dataclass(frozen=True)
class Pause:
    """Time that does not count, still open while `until_at` is None. The reason is a code for the account."""

    from_at: datetime
    until_at: datetime | None = None
    reason: str = PAUSED

    def __post_init__(self) -> None:
        object.__setattr__(self, "from_at", utc(self.from_at))
        if self.until_at is None:
            return
        object.__setattr__(self, "until_at", utc(self.until_at))
        if self.until_at < self.from_at:
            raise BadPause(f"a pause from {self.from_at.isoformat()} cannot end at {self.until_at.isoformat()}")


@dataclass(frozen=True)
class Clock:
    """One promise. Pauses may overlap each other and reach outside the clock's life; what does so is clipped.

    A stopped or cancelled clock counts up to that moment, whatever `now` is asked for.
    """

    kind: str
    started_at: datetime
    budget: Budget
    calendar: WorkCalendar
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "started_at", utc(self.started_at))
        for name in ("stopped_at", "cancelled_at"):
            if moment := getattr(self, name):
                object.__setattr__(self, name, utc(moment))

    @property
    def phase(self) -> Phase:
        if self.cancelled_at is not None:
            return Phase.CANCELLED
        if self.stopped_at is not None:
            return Phase.STOPPED
        return Phase.PAUSED if any(pause.until_at is None for pause in self.pauses) else Phase.RUNNING

    @cached_property
    def unpaused_due(self) -> datetime:
        """When it would be due without any pause: asked for again and again while one clock is judged."""
        if self.budget.unit is Unit.SECONDS:
            return self.calendar.add(self.started_at, self.budget.amount)
        return self.calendar.add_working_days(self.started_at, self.budget.amount)

    @cached_property
    def total(self) -> timedelta:
        """The budget in counted time. Working days come to what is open from the start until they have passed."""
        if self.budget.unit is Unit.SECONDS:
            return timedelta(seconds=self.budget.amount)
        return _elapsed(self, self.started_at, self.unpaused_due)


class Interval(NamedTuple):
    """A line of a clock's account. The lengths of the lines that count add up to what was counted."""

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str

    @property
    def length(self) -> timedelta:
        return self.until_at - self.from_at

    @property
    def seconds(self) -> float:
        """Exact, with a fraction where there is one."""
        return self.length.total_seconds()


def counted(clock: Clock, now: datetime) -> timedelta:
    """How much of the budget is used up, exactly."""
    end = _end(clock, now)
    runs, last = _runs(clock, now)
    return sum((_elapsed(clock, start, min(until, end)) for start, until in (*runs, (last, end))), timedelta())


def counted_seconds(clock: Clock, now: datetime) -> int:
    """How much of the budget is used up, with every second begun."""
    return whole_seconds(counted(clock, now))


def remaining_seconds(clock: Clock, now: datetime) -> int:
    """Whole seconds left; below zero when, and only when, the promise is breached."""
    return -whole_seconds(counted(clock, now) - clock.total)


def due_at(clock: Clock, now: datetime) -> datetime:
    """The first instant by which the whole budget is counted, as far as known: an open pause moves it.

    While a clock is paused this is its due time if it were resumed now.
    """
    if not clock.pauses:
        return clock.unpaused_due
    return max(clock.unpaused_due, _reach(clock, now, clock.total))


def breach_at(clock: Clock, now: datetime) -> datetime:
    """The first instant at which an unstopped clock is breached, under the same assumption as `due_at`.

    A microsecond past the due time. But when the budget ends at a closing, a stop before the next opening
    meets the promise, as no more was counted: then it is a microsecond past that opening.
    """
    return _reach(clock, now, clock.total + _STEP)


def warning_times(clock: Clock, now: datetime, fractions: Sequence[float] = DEFAULT_FRACTIONS) -> tuple[datetime, ...]:
    """When each fraction (between 0 and 1) of the budget is counted; assumes the same as `due_at`."""
    if not all(0 < fraction < 1 for fraction in fractions):
        raise BadBudget(f"warnings come at fractions between 0 and 1, not {list(fractions)}")
    budget = clock.total
    return tuple(_reach(clock, now, budget * fraction) for fraction in fractions)


def time_before(clock: Clock, now: datetime, seconds: int) -> datetime | None:
    """When so many seconds of counted time are left, under the same assumption as `due_at`; None: never so many.

    Walks back over closed hours and pauses, as they do not count.
    """
    used = clock.total - timedelta(seconds=seconds)
    return None if used <= timedelta() else _reach(clock, now, used)


def state(clock: Clock, now: datetime) -> State:
    """A function of counted time, never of a stored date: stopped exactly at the due time is met."""
    if clock.phase is Phase.CANCELLED:
        return State.CANCELLED
    if counted(clock, now) > clock.total:
        return State.BREACHED
    if clock.phase is Phase.STOPPED:
        return State.MET
    return State.PAUSED if clock.phase is Phase.PAUSED else State.RUNNING


def explain(clock: Clock, now: datetime) -> list[Interval]:
    """The account of a clock's life up to `now`, without gaps: each interval, counted or why not."""
    return list(_account(clock, now))


def pause(clock: Clock, at: datetime, reason: str = PAUSED) -> Clock:
    _allow(clock, "pause")
    return replace(clock, pauses=(*clock.pauses, Pause(at, None, reason)))


def resume(clock: Clock, at: datetime) -> Clock:
    _allow(clock, "resume")
    pauses = (replace(p, until_at=at) if p.until_at is None else p for p in clock.pauses)
    return replace(clock, pauses=tuple(pauses))


def stop(clock: Clock, at: datetime) -> Clock:
    """The promise was kept at `at`, in time or not. An open pause ends with it."""
    _allow(clock, "stop")
    pauses = (replace(p, until_at=max(p.from_at, utc(at))) if p.until_at is None else p for p in clock.pauses)
    return replace(clock, pauses=tuple(pauses), stopped_at=at)


def reopen(clock: Clock, at: datetime) -> Clock:
    """Runs on from what was counted when it stopped or was cancelled; the time in between does not count."""
    _allow(clock, "reopen")
    gap = Pause(clock.cancelled_at or clock.stopped_at or at, at, STOPPED)
    return replace(clock, pauses=(*clock.pauses, gap), stopped_at=None, cancelled_at=None)


def retarget(clock: Clock, budget: Budget, calendar: WorkCalendar) -> Clock:
    """Another promise over the same life: start, pauses and stop stay, all is counted anew."""
    _allow(clock, "retarget")
    return replace(clock, budget=budget, calendar=calendar)


def cancel(clock: Clock, at: datetime) -> Clock:
    """The promise does not apply any more, from `at` on."""
    _allow(clock, "cancel")
    return replace(clock, cancelled_at=at)


def _allow(clock: Clock, move: str) -> None:
    allowed = MOVES[clock.phase]
    if move not in allowed:
        raise IllegalMove(state=clock.phase, move=move, allowed=list(allowed))


def whole_seconds(length: timedelta) -> int:
    """Every second begun counts."""
    return -(-length // timedelta(seconds=1))


def _end(clock: Clock, now: datetime) -> datetime:
    return clock.cancelled_at or clock.stopped_at or utc(now)


def _elapsed(clock: Clock, start: datetime, end: datetime) -> timedelta:
    return timedelta(seconds=clock.calendar.elapsed(start, end))


def _reach(clock: Clock, now: datetime, length: timedelta) -> datetime:
    """The first instant by which so much is counted."""
    runs, last = _runs(clock, now)
    for start, until in runs:
        here = _elapsed(clock, start, until)
        if length <= here:
            return clock.calendar.add(start, length.total_seconds())
        length -= here
    return clock.calendar.add(last, length.total_seconds())


def _runs(clock: Clock, now: datetime) -> tuple[list[tuple[datetime, datetime]], datetime]:
    """The stretches between pauses, and from when on there is no further pause."""
    runs, cursor = [], clock.started_at
    for start, until, _ in _breaks(clock, now):
        runs.append((cursor, start))
        cursor = until
    return runs, cursor


def _breaks(clock: Clock, now: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """The pauses since the start in order and disjoint; of two at once the first has the time."""
    end, cursor = _end(clock, now), clock.started_at
    for pause in sorted(clock.pauses, key=lambda pause: pause.from_at):
        start = max(cursor, pause.from_at)
        until = max(end, pause.from_at) if pause.until_at is None else pause.until_at
        if start < until:
            yield start, until, pause.reason
            cursor = until


def _account(clock: Clock, now: datetime) -> Iterator[Interval]:
    end, cursor = _end(clock, now), clock.started_at
    for pause_start, pause_until, reason in (*_breaks(clock, now), (end, end, "")):
        start, until = min(pause_start, end), min(pause_until, end)
        yield from _hours(clock.calendar, cursor, start)
        if start < until:
            yield Interval(start, until, False, reason)
        cursor = until


def _hours(calendar: WorkCalendar, start: datetime, end: datetime) -> Iterator[Interval]:
    cursor = start
    for opening, closing in calendar.open_intervals(start, end):
        if cursor < opening:
            yield Interval(cursor, opening, False, CLOSED)
        yield Interval(opening, closing, True, COUNTED)
        cursor = closing
    if cursor < end:
        yield Interval(cursor, end, False, CLOSED)
