"""Every write to clocks. Each arms and cancels the clock's timers and says what became of the promise.

Locks come in one order everywhere: the incident, its clocks, their timers. The loop that fires timers runs the effect
before it marks the timer, so the effects here take them in that order too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.base import insert_complete
from services.incidents.clocks import domain, queries
from services.incidents.clocks.models import Clock
from services.incidents.clocks.saying import about, is_late, note_clock, pauses_said, say_armed, say_breach
from services.incidents.pauses.domain import Stretch
from services.incidents.pauses.queries import stretches_of
from services.incidents.settings import Settings
from shared import clocks, timers
from shared.audit import note
from shared.db import context, settings_of
from shared.events.incidents import ClockStopped, RecordedClock
from shared.outbox import emit

Stretches = Sequence[Stretch]
WARNING = "clock_warning"
BREACH = "clock_breach"


async def arm_clocks(
    session: AsyncSession, bearer: domain.Bearer, wanted: Sequence[domain.Wanted], stretches: Stretches = ()
) -> tuple[domain.Reading, ...]:
    """Start promises. One insert for all clocks, one for all their timers. `stretches`: what the incident has so far.

    A promise that no calendar reaches the end of is left out, and the audit says so: it must not refuse the rest.
    """
    if not wanted:
        return ()
    now = context(session).now
    armed = [_clock(bearer, promise, stretches, now) for promise in wanted if domain.can_break(promise.promise)]
    if armed:
        await insert_complete(session, armed)
        await _arm_timers(session, dict.fromkeys(armed, stretches))
    say_armed(session, armed, stretches)
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
    return tuple(clock.reading(stretches, now) for clock in armed)


async def make_promises(
    session: AsyncSession, bearer: domain.Bearer, wanted: Sequence[domain.Wanted], stretches: Stretches
) -> None:
    """Start promises; one that was given up while work went on runs on from its own start."""
    known = await queries.clocks_of(session, [bearer.incident_id])
    given_up = {(clock.kind, clock.about_id): clock.id for clock in known if clock.is_given_up}
    again = {given_up[promise.key]: promise.aim for promise in wanted if promise.key in given_up}
    going = []
    for clock in await _held(session, again):
        if domain.can_break(domain.Wanted(clock.kind, clock.started_at, again[clock.id]).promise):
            _aim(clock, again[clock.id], stretches, context(session).now)
            going.append(clock)
            note_clock(session, clock, "aim_clock", due_at=clock.due_at)
    await _run_on(session, going, {bearer.incident_id: stretches})
    await arm_clocks(session, bearer, [promise for promise in wanted if promise.key not in given_up], stretches)


async def record_clocks(
    session: AsyncSession, recorded: Sequence[domain.Recorded], stretches: Mapping[UUID, Stretches]
) -> dict[UUID, list[RecordedClock]]:
    """Enter promises of incidents taken over, as the record shows they were kept; by incident, how each stands.

    `stretches`: by incident, what it did not count. Nobody is told of what is past: timers are armed only for what is
    still to come.
    """
    entered = _recorded_clocks(session, recorded, stretches)
    if entered:
        await insert_complete(session, entered)
    for clock in entered:
        uncounted = stretches.get(clock.incident_id, ())
        if clock.is_open and not clock.breach_said and _is_running(clock, uncounted):
            await _arm_timers(session, {clock: uncounted}, domain.alerts_to_come)
    return _standing(session, entered, stretches)


def foresee_clocks(
    session: AsyncSession, recorded: Sequence[domain.Recorded], stretches: Mapping[UUID, Stretches]
) -> dict[UUID, list[RecordedClock]]:
    """What `record_clocks` would answer, with nothing entered."""
    return _standing(session, _recorded_clocks(session, recorded, stretches), stretches)


def _recorded_clocks(
    session: AsyncSession, recorded: Sequence[domain.Recorded], stretches: Mapping[UUID, Stretches]
) -> list[Clock]:
    kept = [promise for promise in recorded if domain.can_break(promise.wanted.promise)]
    return [_recorded_clock(session, one, stretches.get(one.bearer.incident_id, ())) for one in kept]


def _standing(
    session: AsyncSession, entered: Sequence[Clock], stretches: Mapping[UUID, Stretches]
) -> dict[UUID, list[RecordedClock]]:
    standing: dict[UUID, list[RecordedClock]] = defaultdict(list)
    for clock in entered:
        uncounted = stretches.get(clock.incident_id, ())
        standing[clock.incident_id].append(_as_recorded(session, clock, uncounted))
    return standing


def _recorded_clock(session: AsyncSession, recorded: domain.Recorded, stretches: Stretches) -> Clock:
    now = context(session).now
    clock = _clock(recorded.bearer, recorded.wanted, stretches, now)
    clock.stopped_at = recorded.stopped_at and max(recorded.stopped_at, clock.started_at)
    clock.cancelled_at = None if clock.stopped_at else recorded.cancelled_at
    promise = clock.promise(stretches)
    clock.breach_said = clocks.state(promise, now) is clocks.State.BREACHED
    used = (percent for percent in settings_of(session, Settings).warning_percents)
    clock.warned_percent = max((p for p in used if domain.is_used(promise, now, p)), default=0)
    return clock


def _as_recorded(session: AsyncSession, clock: Clock, stretches: Stretches) -> RecordedClock:
    return RecordedClock(
        kind=clock.kind,
        started_at=clock.started_at,
        amount=clock.amount,
        unit=clock.unit,
        calendar=clock.calendar or domain.ROUND_THE_CLOCK,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at or clock.cancelled_at,
        outcome=clocks.state(clock.promise(stretches), context(session).now).value,
        pauses=pauses_said(clock, stretches),
    )


def _clock(bearer: domain.Bearer, wanted: domain.Wanted, stretches: Stretches, now: datetime) -> Clock:
    clock = Clock(
        id=uuid7(),
        incident_id=bearer.incident_id,
        customer_id=bearer.customer_id,
        number=bearer.number,
        kind=wanted.kind,
        about_id=wanted.about_id,
        started_at=wanted.started_at,
    )
    _aim(clock, wanted.aim, stretches, now)
    return clock


def _aim(clock: Clock, aim: domain.Aim, stretches: Stretches, now: datetime) -> None:
    """Point a clock at another target, from its original start; nothing was said about that yet."""
    clock.amount, clock.unit = aim.amount, aim.unit
    clock.calendar = None if aim.calendar is None else dict(aim.calendar)
    clock.warning_percents, clock.warn_before_seconds = list(aim.warning_percents), list(aim.warn_before_seconds)
    clock.cancelled_at = None
    clock.warned_percent, clock.warned_before_seconds, clock.breach_said = 0, None, False
    clock.place(stretches, max(now, clock.started_at))


async def aim_clocks(session: AsyncSession, incident_id: UUID, aims: Mapping[str, domain.Aim | None]) -> None:
    """Bring the promises that run in line with a new severity: `aims` by kind, None where there is no promise any more.

    What is stopped stays as it was judged. What runs keeps its start and what it counted.
    """
    known = await queries.clocks_of(session, [incident_id])
    stretches = await stretches_of(session, [incident_id])
    going = []
    for clock in await _held(session, [clock.id for clock in known if clock.is_open and clock.aim != aims[clock.kind]]):
        aim = aims[clock.kind]
        if aim is None or not domain.can_break(domain.Wanted(clock.kind, clock.started_at, aim).promise):
            _drop(session, clock, stretches[incident_id])
        else:
            _aim(clock, aim, stretches[incident_id], context(session).now)
            going.append(clock)
            note_clock(session, clock, "aim_clock", due_at=clock.due_at)
    await _run_on(session, going, stretches)


async def retarget_clocks(
    session: AsyncSession, aimed: Mapping[UUID, domain.Aim | None], stretches: Mapping[UUID, Stretches]
) -> int:
    """Aim open clocks of any incidents (under lock) anew, from their starts, with what `stretches` do not count.

    `aimed` by the clock's id; None where nothing is promised any more. Returns how many were aimed or dropped.
    """
    held = [clock for clock in await _held(session, aimed) if clock.is_open]
    going = []
    for clock in held:
        aim = aimed[clock.id]
        if aim is None or not domain.can_break(domain.Wanted(clock.kind, clock.started_at, aim).promise):
            _drop(session, clock, stretches[clock.incident_id])
        else:
            former = clock.due_at
            _retarget(session, clock, aim, stretches[clock.incident_id])
            going.append(clock)
            note_clock(session, clock, "retarget_clock", former_due_at=former, due_at=clock.due_at)
    await _run_on(session, going, stretches)
    return len(held)


def _retarget(session: AsyncSession, clock: Clock, aim: domain.Aim, stretches: Stretches) -> None:
    """Unlike after a new severity it is the same promise: what was said of it, and still holds, stays said."""
    percent, before, breach = clock.warned_percent, clock.warned_before_seconds, clock.breach_said
    now = context(session).now
    _aim(clock, aim, stretches, now)
    promise = clock.promise(stretches)
    clock.warned_percent = percent if percent and domain.is_used(promise, now, percent) else 0
    clock.warned_before_seconds = before if before and domain.is_near(promise, now, before) else None
    clock.breach_said = breach and clocks.state(promise, now) is clocks.State.BREACHED


async def retime_clocks(session: AsyncSession, incident_id: UUID) -> None:
    """The incident's pauses changed: clocks that stand still now have no timers, the others new ones.

    A clock that was stopped is judged again, and said if it comes out otherwise. Call with the incident locked.
    """
    known = await queries.clocks_of(session, [incident_id])
    stretches = await stretches_of(session, [incident_id])
    now = context(session).now
    going = []
    for clock in await _held(session, [clock.id for clock in known if clock.is_open]):
        clock.place(stretches[incident_id], now)
        is_broken = clocks.state(clock.promise(stretches[incident_id]), now) is clocks.State.BREACHED
        clock.breach_said = clock.breach_said and is_broken
        going.append(clock)
    await _run_on(session, going, stretches)
    for clock in (clock for clock in known if clock.stopped_at is not None and clock.cancelled_at is None):
        is_broken = clocks.state(clock.promise(stretches[incident_id]), now) is clocks.State.BREACHED
        if is_broken != clock.breach_said:
            _judge(session, clock, stretches[incident_id])


async def reopen_clocks(
    session: AsyncSession, incident_id: UUID, *, since: datetime, stopped_kinds: Collection[str]
) -> None:
    """Take up what ended with the incident at `since` or after: what was cancelled, and these kinds if stopped.

    The incident's pauses must have the gap already: each clock runs on from what it had counted.
    """
    known = await queries.clocks_of(session, [incident_id])
    stretches = await stretches_of(session, [incident_id])
    ended = [clock.id for clock in known if _ended_since(clock, since, stopped_kinds)]
    going = []
    for clock in await _held(session, ended, stopped_too=True):
        kept_meanwhile = clock.cancelled_at is not None and clock.stopped_at is not None
        clock.cancelled_at = None
        if kept_meanwhile:
            _judge(session, clock, stretches[incident_id])
            continue
        clock.stopped_at = None
        clock.place(stretches[incident_id], context(session).now)
        going.append(clock)
        note_clock(session, clock, "reopen_clock", due_at=clock.due_at)
    await _run_on(session, going, stretches)


def _ended_since(clock: Clock, since: datetime, stopped_kinds: Collection[str]) -> bool:
    if clock.cancelled_at is not None:
        return clock.cancelled_at >= since
    return clock.stopped_at is not None and clock.stopped_at >= since and clock.kind in stopped_kinds


async def stop_clocks(
    session: AsyncSession,
    incident_ids: Collection[UUID],
    kinds: Collection[str],
    at: datetime,
    *,
    about_id: UUID | None = None,
) -> None:
    """What was promised was done at `at`; promises of these kinds that run are judged by that.

    `about_id`: only those that run for this request or engagement. What is done while the incident is over is kept in
    mind, for when it is taken up again.
    """
    known = await queries.clocks_of(session, incident_ids)
    meant = [c.id for c in known if c.stopped_at is None and c.kind in kinds and about_id in (None, c.about_id)]
    if meant:
        stretches = await stretches_of(session, incident_ids)
        for clock in await _held(session, meant):
            if clock.is_open:
                _stop(session, clock, at, stretches[clock.incident_id])
            elif about_id is not None:
                clock.stopped_at = max(at, clock.started_at)
                note_clock(session, clock, "keep_in_mind", stopped_at=clock.stopped_at)


async def drop_clocks(
    session: AsyncSession,
    incident_ids: Collection[UUID],
    kinds: Collection[str],
    at: datetime | None = None,
    *,
    about_id: UUID | None = None,
) -> None:
    """Promises of these kinds have no point since `at` (now): cancelled, or judged broken if they were by then."""
    known = await queries.clocks_of(session, incident_ids)
    meant = [c.id for c in known if c.is_open and c.kind in kinds and about_id in (None, c.about_id)]
    if meant:
        stretches = await stretches_of(session, incident_ids)
        for clock in await _held(session, meant):
            _drop(session, clock, stretches[clock.incident_id], at)


def _stop(session: AsyncSession, clock: Clock, at: datetime, stretches: Stretches) -> None:
    """A breach whose timer had not fired yet is said here, so that no broken promise ends in silence."""
    clock.stopped_at = max(at, clock.started_at)
    _judge(session, clock, stretches)


def _judge(session: AsyncSession, clock: Clock, stretches: Stretches) -> None:
    """Say how a promise that was stopped was kept."""
    at = clock.stopped_at or context(session).now
    promise = clock.promise(stretches)
    clock.due_at = clocks.due_at(promise, at)
    outcome = clocks.state(promise, at)
    clock.breach_said = clock.breach_said and outcome is clocks.State.BREACHED
    if outcome is clocks.State.BREACHED:
        say_breach(session, clock, late=is_late(promise, at))
    emit(session, ClockStopped(**about(clock), stopped_at=clock.stopped_at, outcome=outcome.value))
    note_clock(session, clock, "stop_clock", outcome=outcome)


def _drop(session: AsyncSession, clock: Clock, stretches: Stretches, at: datetime | None = None) -> None:
    now = max(at or context(session).now, clock.started_at)
    if clocks.state(clock.promise(stretches), now) is clocks.State.BREACHED:
        _stop(session, clock, now, stretches)
        return
    clock.cancelled_at = now
    emit(session, ClockStopped(**about(clock), stopped_at=now, outcome="cancelled"))
    note_clock(session, clock, "cancel_clock", outcome="cancelled")


async def _held(session: AsyncSession, clock_ids: Collection[UUID], *, stopped_too: bool = False) -> Sequence[Clock]:
    """Those of the clocks that are not stopped, under lock and without timers. Call with the incident locked."""
    await session.flush()
    if not clock_ids:
        return ()
    locked = await queries.locked_clocks(session, clock_ids)
    await timers.cancel_many(session, (WARNING, BREACH), [clock.id for clock in locked])
    return [clock for clock in locked if stopped_too or clock.stopped_at is None]


async def _run_on(session: AsyncSession, going: Sequence[Clock], stretches: Mapping[UUID, Stretches]) -> None:
    """Arm the timers of clocks as they are now, and say when they are due; one that stands still has none."""
    uncounted = {clock: stretches[clock.incident_id] for clock in going}
    running = {clock: mine for clock, mine in uncounted.items() if _is_running(clock, mine)}
    await _arm_timers(session, running)
    of_incident: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in going:
        of_incident[clock.incident_id].append(clock)
    for incident_id, together in of_incident.items():
        say_armed(session, together, stretches[incident_id])


def _is_running(clock: Clock, stretches: Stretches) -> bool:
    return clock.promise(stretches).phase is clocks.Phase.RUNNING


async def _arm_timers(
    session: AsyncSession,
    running: Mapping[Clock, Stretches],
    alerts: Callable[..., Iterator[domain.Alert]] = domain.alerts,
) -> None:
    """One statement for the timers of all the clocks, of whatever incidents."""
    now, percents = context(session).now, settings_of(session, Settings).warning_percents
    await timers.arm_each(
        session,
        [
            timers.Wanted(*_timer(clock, alert), clock.customer_id, clock.incident_id)
            for clock, stretches in running.items()
            for alert in alerts(clock.promise(stretches), now, clock.aim, percents)
        ],
    )


def _timer(clock: Clock, alert: domain.Alert) -> tuple[str, UUID, str, datetime, dict[str, Any]]:
    if alert.percent is not None:
        return WARNING, clock.id, f"{clock.kind}:{alert.percent}", alert.due_at, {"percent": alert.percent}
    if alert.before is not None:
        return WARNING, clock.id, f"{clock.kind}:-{alert.before}", alert.due_at, {"before": alert.before}
    return BREACH, clock.id, clock.kind, alert.due_at, {}
