"""Every write to clocks of our own incidents. Each arms and cancels the clock's timers and says what became of it.

Locks come in one order everywhere: the incident, its clocks, their timers. The loop that fires timers runs the effect
before it marks the timer, so the effects here take them in that order too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.base import insert_complete
from services.incidents.clocks import domain, queries
from services.incidents.clocks.models import Clock
from services.incidents.clocks.saying import about, is_late, note_clock, say_armed, say_breach
from services.incidents.clocks.timing import arm_timers, held_clocks, run_on
from services.incidents.pauses.domain import Stretch
from services.incidents.pauses.queries import stretches_of
from shared import clocks
from shared.audit import note
from shared.db import context
from shared.events.incidents import ClockStopped
from shared.outbox import emit

Stretches = Sequence[Stretch]


async def arm_clocks(
    session: AsyncSession, bearer: domain.Bearer, wanted: Sequence[domain.Wanted], stretches: Stretches = ()
) -> tuple[domain.Reading, ...]:
    """Start promises. One insert for all clocks, one for all their timers. `stretches`: what the incident has so far.

    A promise that no calendar reaches the end of is left out, and the audit says so: it must not refuse the rest.
    """
    if not wanted:
        return ()
    now = context(session).now
    armed = [Clock.begun(bearer, promise, stretches, now) for promise in wanted if domain.can_break(promise.promise)]
    if armed:
        await insert_complete(session, armed)
        await arm_timers(session, dict.fromkeys(armed, stretches))
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
    for clock in await held_clocks(session, again):
        if domain.can_break(domain.Wanted(clock.kind, clock.started_at, again[clock.id]).promise):
            clock.aim_at(again[clock.id], stretches, context(session).now)
            going.append(clock)
            note_clock(session, clock, "aim_clock", due_at=clock.due_at)
    await run_on(session, going, {bearer.incident_id: stretches})
    await arm_clocks(session, bearer, [promise for promise in wanted if promise.key not in given_up], stretches)


async def aim_clocks(session: AsyncSession, incident_id: UUID, aims: Mapping[str, domain.Aim | None]) -> None:
    """Bring the promises that run in line with a new severity: `aims` by kind, None where there is no promise any more.

    What is stopped stays as it was judged. What runs keeps its start and what it counted.
    """
    known = await queries.clocks_of(session, [incident_id])
    stretches = await stretches_of(session, [incident_id])
    going = []
    for clock in await held_clocks(
        session, [clock.id for clock in known if clock.is_open and clock.aim != aims[clock.kind]]
    ):
        aim = aims[clock.kind]
        if aim is None or not domain.can_break(domain.Wanted(clock.kind, clock.started_at, aim).promise):
            _drop(session, clock, stretches[incident_id])
        else:
            clock.aim_at(aim, stretches[incident_id], context(session).now)
            going.append(clock)
            note_clock(session, clock, "aim_clock", due_at=clock.due_at)
    await run_on(session, going, stretches)


async def retarget_clocks(
    session: AsyncSession, aimed: Mapping[UUID, domain.Aim | None], stretches: Mapping[UUID, Stretches]
) -> int:
    """Aim open clocks of any incidents (under lock) anew, from their starts, with what `stretches` do not count.

    `aimed` by the clock's id; None where nothing is promised any more. Returns how many were aimed or dropped.
    """
    held = [clock for clock in await held_clocks(session, aimed) if clock.is_open]
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
    await run_on(session, going, stretches)
    return len(held)


def _retarget(session: AsyncSession, clock: Clock, aim: domain.Aim, stretches: Stretches) -> None:
    """Unlike after a new severity it is the same promise: what was said of it, and still holds, stays said."""
    percent, before, breach = clock.warned_percent, clock.warned_before_seconds, clock.breach_said
    now = context(session).now
    clock.aim_at(aim, stretches, now)
    promise = clock.promise(stretches)
    clock.warned_percent = percent if percent and domain.is_used(promise, now, percent) else 0
    clock.warned_before_seconds = before if before and domain.is_near(promise, now, before) else None
    clock.breach_said = breach and clocks.state(promise, now) is clocks.State.BREACHED


async def retime_clocks(session: AsyncSession, incident_id: UUID, *, since: datetime | None = None) -> None:
    """The incident's pauses changed: clocks that stand still now have no timers, the others new ones. What broke before
    it stood still, and no timer was there to say, is said here.

    A clock that has ended is judged again, and said if it comes out otherwise. Call with the incident locked.
    `since`: from when on they run again, where nothing was there to see it.
    """
    known = await queries.clocks_of(session, [incident_id])
    stretches = await stretches_of(session, [incident_id])
    now = context(session).now
    going = []
    for clock in await held_clocks(session, [clock.id for clock in known if clock.is_open]):
        clock.place(stretches[incident_id], now)
        promise = clock.promise(stretches[incident_id])
        is_broken = clocks.state(promise, now) is clocks.State.BREACHED
        clock.breach_said = clock.breach_said and is_broken
        if is_broken and promise.phase is clocks.Phase.PAUSED:
            say_breach(session, clock, late=is_late(promise, now))
        going.append(clock)
    await run_on(session, going, stretches, since)
    for clock in (clock for clock in known if not clock.is_open):
        _judge_again(session, clock, stretches[incident_id])


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
    for clock in await held_clocks(session, ended, stopped_too=True):
        kept_meanwhile = clock.cancelled_at is not None and clock.stopped_at is not None
        clock.cancelled_at = None
        if kept_meanwhile:
            _judge(session, clock, stretches[incident_id])
            continue
        clock.stopped_at = None
        clock.place(stretches[incident_id], context(session).now)
        going.append(clock)
        note_clock(session, clock, "reopen_clock", due_at=clock.due_at)
    await run_on(session, going, stretches)


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
        for clock in await held_clocks(session, meant):
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
        for clock in await held_clocks(session, meant):
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


def _judge_again(session: AsyncSession, clock: Clock, stretches: Stretches) -> None:
    """What did not count is otherwise now: a promise that was given up was perhaps broken by then."""
    if clock.stopped_at is None and clock.cancelled_at is not None:
        given_up_at, clock.cancelled_at = clock.cancelled_at, None
        if _is_broken(clock, stretches, given_up_at):
            _stop(session, clock, given_up_at, stretches)
        else:
            clock.cancelled_at = given_up_at
    elif clock.cancelled_at is None and _is_broken(clock, stretches, context(session).now) != clock.breach_said:
        _judge(session, clock, stretches)


def _is_broken(clock: Clock, stretches: Stretches, at: datetime) -> bool:
    return clocks.state(clock.promise(stretches), at) is clocks.State.BREACHED


def _drop(session: AsyncSession, clock: Clock, stretches: Stretches, at: datetime | None = None) -> None:
    now, promise = max(at or context(session).now, clock.started_at), clock.promise(stretches)
    if clocks.state(promise, now) is clocks.State.BREACHED:
        _stop(session, clock, now, stretches)
        return
    clock.cancelled_at, clock.due_at = now, clocks.due_at(promise, now)
    emit(session, ClockStopped(**about(clock), stopped_at=now, outcome="cancelled"))
    note_clock(session, clock, "cancel_clock", outcome="cancelled")
