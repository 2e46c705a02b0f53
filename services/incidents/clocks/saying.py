"""What is said and noted of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain
from services.incidents.clocks.models import Clock
from services.incidents.pauses.domain import Stretch
from shared import clocks, timers
from shared.audit import note
from shared.db import context
from shared.events.incidents import ArmedClock, ClockBreached, ClocksArmed, PausedStretch
from shared.outbox import emit

Stretches = Sequence[Stretch]


def say_armed(session: AsyncSession, armed: Sequence[Clock], stretches: Stretches) -> None:
    """One fact for all clocks of an incident that begin or change together."""
    if armed:
        first, now = armed[0], context(session).now
        told = tuple(_as_armed(clock, stretches, now) for clock in armed)
        emit(session, ClocksArmed(incident_id=first.incident_id, customer_id=first.customer_id, clocks=told))


def _as_armed(clock: Clock, stretches: Stretches, now: datetime) -> ArmedClock:
    return ArmedClock(
        clock_id=clock.id,
        about_id=clock.about_id,
        kind=clock.kind,
        started_at=clock.started_at,
        amount=clock.amount,
        unit=clock.unit,
        calendar=clock.calendar or domain.ROUND_THE_CLOCK,
        due_at=clocks.due_at(clock.promise(stretches), max(now, clock.started_at)),
        pauses=pauses_said(clock, stretches),
    )


def pauses_said(clock: Clock, stretches: Stretches) -> tuple[PausedStretch, ...]:
    paused = domain.pauses_of(clock.kind, stretches)
    return tuple(PausedStretch(from_at=p.from_at, until_at=p.until_at, reason=p.reason) for p in paused)


def is_late(promise: clocks.Clock, at: datetime) -> bool:
    """Whether it is said over a minute after it broke."""
    return at - clocks.breach_at(replace(promise, stopped_at=None), at) > timers.LATE_AFTER


def say_breach(session: AsyncSession, clock: Clock, *, late: bool) -> None:
    if clock.breach_said:
        return
    clock.breach_said = True
    emit(session, ClockBreached(**about(clock), number=clock.number, late=late))
    note_clock(session, clock, "break_promise", due_at=clock.due_at)


def about(clock: Clock) -> dict[str, Any]:
    return {
        "incident_id": clock.incident_id,
        "customer_id": clock.customer_id,
        "clock_id": clock.id,
        "about_id": clock.about_id,
        "kind": clock.kind,
        "due_at": clock.due_at,
    }


def note_clock(session: AsyncSession, clock: Clock, action: str, **after: Any) -> None:
    note(session, clock.incident_id, action, after={"kind": clock.kind} | after, customer_id=clock.customer_id)
