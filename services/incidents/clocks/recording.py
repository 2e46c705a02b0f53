"""Promises of incidents taken over: entered as the record shows they were kept, and said to nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.base import insert_complete
from services.incidents.clocks import domain
from services.incidents.clocks.models import Clock
from services.incidents.clocks.saying import pauses_said
from services.incidents.clocks.timing import arm_timers, is_running
from services.incidents.pauses.domain import Stretch
from services.incidents.settings import Settings
from shared import clocks
from shared.db import context, settings_of
from shared.events.incidents import RecordedClock

Stretches = Sequence[Stretch]


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
        if clock.is_open and not clock.breach_said and is_running(clock, uncounted):
            await arm_timers(session, {clock: uncounted}, domain.alerts_to_come)
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
    clock = Clock.begun(recorded.bearer, recorded.wanted, stretches, now)
    clock.stopped_at = recorded.stopped_at and max(recorded.stopped_at, clock.started_at)
    clock.cancelled_at = None if clock.stopped_at else recorded.cancelled_at
    promise = clock.promise(stretches)
    clock.due_at = clock.due_at if clock.is_open else clocks.due_at(promise, now)
    clock.breach_said = clocks.state(promise, now) is clocks.State.BREACHED
    used = (percent for percent in settings_of(session, Settings).warning_percents)
    clock.warned_percent = max((p for p in used if domain.is_used(promise, now, p)), default=0)
    return clock


def _as_recorded(session: AsyncSession, clock: Clock, stretches: Stretches) -> RecordedClock:
    now, promise = context(session).now, clock.promise(stretches)
    return RecordedClock(
        kind=clock.kind,
        started_at=clock.started_at,
        amount=clock.amount,
        unit=clock.unit,
        calendar=clock.calendar or domain.ROUND_THE_CLOCK,
        due_at=clocks.due_at(promise, now),
        stopped_at=clock.stopped_at or clock.cancelled_at,
        outcome=clocks.state(promise, now).value,
        pauses=pauses_said(clock, stretches),
    )
