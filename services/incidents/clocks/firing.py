"""What a clock's timers do when they fire: they look again, under the locks, and say what is so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain, queries
from services.incidents.clocks.models import Clock
from services.incidents.clocks.saying import about, say_breach
from services.incidents.clocks.timing import BREACH
from services.incidents.pauses.queries import stretches_of
from shared import clocks, timers
from shared.db import context
from shared.events.incidents import ClockWarned
from shared.outbox import emit


async def warn_of_clock(
    session: AsyncSession, *, clock_id: UUID, percent: int | None, before: int | None, late: bool
) -> None:
    """Say that so much of a promise's time is used, or so little left, once, if it still runs and that is so."""
    now = context(session).now
    for clock in await queries.locked_with_incident(session, clock_id):
        promise = clock.promise((await stretches_of(session, [clock.incident_id]))[clock.incident_id])
        if not clock.is_open or clock.breach_said or not _is_new_warning(clock, promise, now, percent, before):
            continue
        clock.warned_percent = percent or clock.warned_percent
        clock.warned_before_seconds = before or clock.warned_before_seconds
        used = percent or domain.percent_before(promise, before or 0)
        emit(session, ClockWarned(**about(clock), number=clock.number, percent=used, before_seconds=before, late=late))


def _is_new_warning(
    clock: Clock, promise: clocks.Clock, now: datetime, percent: int | None, before: int | None
) -> bool:
    if percent is not None:
        return clock.warned_percent < percent and domain.is_used(promise, now, percent)
    said = clock.warned_before_seconds
    return before is not None and (said is None or before < said) and domain.is_near(promise, now, before)


async def break_promise(session: AsyncSession, *, clock_id: UUID, late: bool) -> None:
    """Say that a promise is broken, once, if it still runs and is; where not yet, look again when it may be."""
    for clock in await queries.locked_with_incident(session, clock_id):
        promise = clock.promise((await stretches_of(session, [clock.incident_id]))[clock.incident_id])
        now = context(session).now
        if not clock.is_open:
            continue
        if clocks.state(promise, now) is clocks.State.BREACHED:
            say_breach(session, clock, late=late)
        elif promise.phase is clocks.Phase.RUNNING:
            await timers.arm(
                session,
                BREACH,
                clock.id,
                clocks.breach_at(promise, now),
                label=clock.kind,
                customer_id=clock.customer_id,
                correlation_id=clock.incident_id,
            )
