"""Every write to clocks. Each arms and cancels the clock's timers and says what became of the promise.

Locks come in one order everywhere: the incident, its clocks, their timers. The loop that fires timers runs the effect
before it marks the timer, so the effects here take them in that order too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.base import insert_complete
from services.incidents.clocks import domain, queries
from services.incidents.clocks.models import Clock
from services.incidents.settings import Settings
from shared import clocks, timers
from shared.audit import note
from shared.db import context, settings_of
from shared.events.incidents import ClockArmed, ClockBreached, ClockStopped, ClockWarned, RecordedClock
from shared.outbox import emit

WARNING = "clock_warning"
BREACH = "clock_breach"


async def arm_clocks(
    session: AsyncSession, bearer: domain.Bearer, wanted: Sequence[domain.Wanted]
) -> tuple[domain.Reading, ...]:
    """Start promises. One insert for all clocks, one for all their timers.

    A promise that no calendar reaches the end of is left out, and the audit says so: it must not refuse the rest.
    """
    if not wanted:
        return ()
    now = context(session).now
    armed = [_clock(bearer, promise) for promise in wanted if domain.can_break(promise.promise)]
    if armed:
        await insert_complete(session, armed)
        await _arm_timers(session, armed)
    for clock in armed:
        _say_armed(session, clock)
    due = {clock.kind: clock.due_at for clock in armed}
    beyond = [promise.kind for promise in wanted if promise.kind not in due]
    information = {"beyond_calendar": beyond} if beyond else None
    note(
        session,
        bearer.incident_id,
        "arm_clocks",
        after=due,
        information=information,
        customer_id=bearer.customer_id,
    )
    return tuple(clock.reading(now) for clock in armed)


async def record_clocks(session: AsyncSession, recorded: Sequence[domain.Recorded]) -> dict[UUID, list[RecordedClock]]:
    """Enter promises of incidents taken over, as the record shows they were kept; by incident, how each stands.

    Nobody is told of what is past: timers are armed only for what is still to come.
    """
    kept = [promise for promise in recorded if domain.can_break(promise.wanted.promise)]
    entered = [_recorded_clock(session, promise) for promise in kept]
    if entered:
        await insert_complete(session, entered)
    standing: dict[UUID, list[RecordedClock]] = defaultdict(list)
    for clock in entered:
        if clock.is_open and not clock.breach_said:
            await _arm_timers(session, [clock], domain.alerts_to_come)
        standing[clock.incident_id].append(_as_recorded(session, clock))
    return standing


def _recorded_clock(session: AsyncSession, recorded: domain.Recorded) -> Clock:
    now = context(session).now
    clock = _clock(recorded.bearer, recorded.wanted)
    clock.stopped_at = recorded.stopped_at and max(recorded.stopped_at, clock.started_at)
    clock.cancelled_at = None if clock.stopped_at else recorded.cancelled_at
    clock.breach_said = clocks.state(clock.promise, now) is clocks.State.BREACHED
    used = (percent for percent in settings_of(session, Settings).warning_percents)
    clock.warned_percent = max((p for p in used if domain.is_used(clock.promise, now, p)), default=0)
    return clock


def _as_recorded(session: AsyncSession, clock: Clock) -> RecordedClock:
    return RecordedClock(
        kind=clock.kind,
        started_at=clock.started_at,
        amount=clock.amount,
        unit=clock.unit,
        calendar=clock.calendar or domain.ROUND_THE_CLOCK,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at or clock.cancelled_at,
        outcome=clocks.state(clock.promise, context(session).now).value,
    )


def _clock(bearer: domain.Bearer, wanted: domain.Wanted) -> Clock:
    clock = Clock(
        id=uuid7(),
        incident_id=bearer.incident_id,
        customer_id=bearer.customer_id,
        number=bearer.number,
        kind=wanted.kind,
        activation_id=wanted.activation_id,
        started_at=wanted.started_at,
    )
    _aim(clock, wanted.aim)
    return clock


def _aim(clock: Clock, aim: domain.Aim) -> None:
    """Point a clock at another target, from its original start; nothing was said about that yet."""
    clock.amount, clock.unit = aim.amount, aim.unit
    clock.calendar = None if aim.calendar is None else dict(aim.calendar)
    clock.cancelled_at, clock.warned_percent, clock.breach_said = None, 0, False
    clock.due_at = clocks.due_at(clock.promise, clock.started_at)


async def aim_clocks(
    session: AsyncSession, bearer: domain.Bearer, aims: dict[str, domain.Aim | None], starts: dict[str, datetime]
) -> None:
    """Bring the promises in line with a new severity: `aims` by kind, None where there is no promise any more.

    What is stopped stays as it was judged. What runs keeps its start and what it counted. A promise that is new
    runs from its start in `starts`; one that has none there is not made any more.
    """
    known = await queries.clocks_of(session, bearer.incident_id)
    changed = [clock.id for clock in known if _is_to_change(clock, aims[clock.kind])]
    for clock in await _held(session, changed):
        aim = aims[clock.kind]
        if aim is None or not domain.can_break(domain.Wanted(clock.kind, clock.started_at, aim).promise):
            _drop(session, clock)
        elif clock.is_open or clock.kind in starts:
            _aim(clock, aim)
            await _arm_timers(session, [clock])
            _say_armed(session, clock)
            _note(session, clock, "aim_clock", due_at=clock.due_at)
    new = (kind for kind in starts if kind not in {clock.kind for clock in known})
    wanted = [domain.Wanted(kind, starts[kind], aim) for kind in new if (aim := aims[kind]) is not None]
    await arm_clocks(session, bearer, wanted)


def _is_to_change(clock: Clock, aim: domain.Aim | None) -> bool:
    if clock.is_open:
        return clock.aim != aim
    return clock.stopped_at is None and clock.activation_id is None and aim is not None


async def stop_clocks(
    session: AsyncSession,
    incident_id: UUID,
    kinds: Collection[str],
    at: datetime,
    *,
    activation_id: UUID | None = None,
) -> None:
    """What was promised was done at `at`; promises of these kinds that run are judged by that."""
    running = await queries.clocks_of(session, incident_id)
    meant = [c.id for c in running if c.is_open and c.kind in kinds and c.activation_id == activation_id]
    for clock in await _held(session, meant):
        _stop(session, clock, at)


async def drop_clocks(session: AsyncSession, incident_id: UUID, kinds: Collection[str]) -> None:
    """Promises of these kinds have no point any more: cancelled, or judged broken if they were by now."""
    running = await queries.clocks_of(session, incident_id)
    for clock in await _held(session, [c.id for c in running if c.is_open and c.kind in kinds]):
        _drop(session, clock)


async def warn_of_clock(session: AsyncSession, *, clock_id: UUID, percent: int, late: bool) -> None:
    """Say that so much of a promise's time is used, once, if it still runs and that is so."""
    for clock in await queries.locked_with_incident(session, clock_id):
        is_due = domain.is_used(clock.promise, context(session).now, percent)
        if clock.is_open and clock.warned_percent < percent and not clock.breach_said and is_due:
            clock.warned_percent = percent
            emit(session, ClockWarned(**_about(clock), number=clock.number, percent=percent, late=late))


async def break_promise(session: AsyncSession, *, clock_id: UUID, late: bool) -> None:
    """Say that a promise is broken, once, if it still runs and is."""
    for clock in await queries.locked_with_incident(session, clock_id):
        if clock.is_open and clocks.state(clock.promise, context(session).now) is clocks.State.BREACHED:
            _say_breach(session, clock, late=late)


def _stop(session: AsyncSession, clock: Clock, at: datetime) -> None:
    """A breach whose timer had not fired yet is said here, so that no broken promise ends in silence."""
    clock.stopped_at = max(at, clock.started_at)
    outcome = clocks.state(clock.promise, at)
    if outcome is clocks.State.BREACHED:
        late = at - clocks.breach_at(clock.promise, at) > timers.LATE_AFTER
        _say_breach(session, clock, late=late)
    emit(session, ClockStopped(**_about(clock), stopped_at=clock.stopped_at, outcome=outcome.value))
    _note(session, clock, "stop_clock", outcome=outcome)


def _drop(session: AsyncSession, clock: Clock) -> None:
    now = context(session).now
    if clocks.state(clock.promise, now) is clocks.State.BREACHED:
        _stop(session, clock, now)
        return
    clock.cancelled_at = now
    emit(session, ClockStopped(**_about(clock), stopped_at=now, outcome="cancelled"))
    _note(session, clock, "cancel_clock", outcome="cancelled")


async def _held(session: AsyncSession, clock_ids: Collection[UUID]) -> Sequence[Clock]:
    """Those of the clocks that are not stopped, under lock and without timers. Call with the incident locked."""
    await session.flush()
    locked = await queries.locked_clocks(session, clock_ids) if clock_ids else ()
    for clock in locked:
        for kind in (WARNING, BREACH):
            await timers.cancel(session, kind, clock.id)
    return [clock for clock in locked if clock.stopped_at is None]


async def _arm_timers(
    session: AsyncSession, armed: Sequence[Clock], alerts: Callable[..., Iterator[domain.Alert]] = domain.alerts
) -> None:
    now, percents = context(session).now, settings_of(session, Settings).warning_percents
    wanted: list[tuple[str, UUID, str, datetime, dict[str, Any]]] = []
    for clock in armed:
        for alert in alerts(clock.promise, now, percents):
            if alert.percent is None:
                wanted.append((BREACH, clock.id, clock.kind, alert.due_at, {}))
            else:
                label = f"{clock.kind}:{alert.percent}"
                wanted.append((WARNING, clock.id, label, alert.due_at, {"percent": alert.percent}))
    await timers.arm_many(session, wanted, armed[0].customer_id, armed[0].incident_id)


def _say_armed(session: AsyncSession, clock: Clock) -> None:
    emit(
        session,
        ClockArmed(
            **_about(clock),
            started_at=clock.started_at,
            amount=clock.amount,
            unit=clock.unit,
            calendar=clock.calendar or domain.ROUND_THE_CLOCK,
        ),
    )


def _say_breach(session: AsyncSession, clock: Clock, *, late: bool) -> None:
    if clock.breach_said:
        return
    clock.breach_said = True
    emit(session, ClockBreached(**_about(clock), number=clock.number, late=late))
    _note(session, clock, "break_promise", due_at=clock.due_at)


def _about(clock: Clock) -> dict[str, Any]:
    return {
        "incident_id": clock.incident_id,
        "customer_id": clock.customer_id,
        "kind": clock.kind,
        "due_at": clock.due_at,
    }


def _note(session: AsyncSession, clock: Clock, action: str, **after: Any) -> None:
    note(session, clock.incident_id, action, after={"kind": clock.kind} | after, customer_id=clock.customer_id)
