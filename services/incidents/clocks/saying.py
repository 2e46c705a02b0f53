"""What is said and noted of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain
from services.incidents.clocks.models import Clock
from services.incidents.pauses.domain import Stretch
from shared.audit import note
from shared.events.incidents import ClockArmed, ClockBreached, PausedStretch
from shared.outbox import emit

Stretches = Sequence[Stretch]


def say_armed(session: AsyncSession, clock: Clock, stretches: Stretches) -> None:
    emit(
        session,
        ClockArmed(
            **about(clock),
            started_at=clock.started_at,
            amount=clock.amount,
            unit=clock.unit,
            calendar=clock.calendar or domain.ROUND_THE_CLOCK,
            pauses=pauses_said(clock, stretches),
        ),
    )


def pauses_said(clock: Clock, stretches: Stretches) -> tuple[PausedStretch, ...]:
    paused = clock.promise(stretches).pauses
    return tuple(PausedStretch(from_at=p.from_at, until_at=p.until_at, reason=p.reason) for p in paused)


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
