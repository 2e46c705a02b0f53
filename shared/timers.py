"""Due work as rows: armed, moved and cancelled with the change that causes it. `shared/firing.py` fires what is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Update, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.db import context
from shared.mechanisms import driver, table

LATE_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class Timer:
    """A timer as its effect sees it. `late` is true when it fires over a minute after it was due."""

    id: UUID
    kind: str
    subject: str
    label: str
    data: Mapping[str, Any]
    due_at: datetime
    late: bool

    @property
    def subject_id(self) -> UUID:
        return UUID(self.subject)


class Wanted(NamedTuple):
    """A timer to arm. Customer and correlation are the context's where they are left out."""

    kind: str
    subject: UUID
    label: str
    due_at: datetime
    data: Mapping[str, Any]
    customer_id: UUID | None = None
    correlation_id: UUID | None = None


ARM = """
INSERT INTO {timers} AS armed (id, kind, subject, label, due_at, data, customer_id, correlation_id, drill)
SELECT id, kind, subject, label, due_at, data::jsonb, customer_id, correlation_id, $9
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::uuid[], $8::uuid[])
    AS wanted (id, kind, subject, label, due_at, data, customer_id, correlation_id)
ON CONFLICT (kind, subject, label) WHERE state = 'armed'
DO UPDATE SET due_at = excluded.due_at, data = excluded.data
"""

Effect = Callable[[AsyncSession, Timer], Awaitable[None]]


Hold = Callable[[AsyncSession, Sequence[Timer]], Awaitable[None]]


class Jobs:
    """A service's table of timer kinds and their effects.

    What is due at once fires in one transaction, in due order. `hold` is given all of it first, to lock the records
    in the order in which everybody locks them; a kind that locks others than it can know of fires `alone`.
    """

    def __init__(self, hold: Hold | None = None) -> None:
        self.effects: dict[str, Effect] = {}
        self.alone: set[str] = set()
        self.hold = hold

    def due(self, kind: str, *, alone: bool = False) -> Callable[[Effect], Effect]:
        def register(effect: Effect) -> Effect:
            if kind in self.effects:
                raise TypeError(f"two effects for the timer {kind!r}")
            self.effects[kind] = effect
            if alone:
                self.alone.add(kind)
            return effect

        return register


async def arm(
    session: AsyncSession,
    kind: str,
    subject: UUID,
    due_at: datetime,
    *,
    label: str = "",
    customer_id: UUID | None = None,
    correlation_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Arm the timer (kind, subject, label), or move it when it is armed already."""
    await arm_each(session, [Wanted(kind, subject, label, due_at, data or {}, customer_id, correlation_id)])


async def arm_each(session: AsyncSession, wanted: Sequence[Wanted]) -> None:
    """Arm several timers in one statement, whatever tenants they are of."""
    if not wanted:
        return
    ctx = context(session)
    kinds, subjects, labels, due, data, customers, correlations = zip(*wanted, strict=True)
    await driver(session).execute(
        ARM.format(timers=f'"{ctx.service}".timers'),
        [uuid7() for _ in wanted],
        kinds,
        [str(subject) for subject in subjects],
        labels,
        due,
        [orjson.dumps(given, default=str).decode() for given in data],
        [customer_id or ctx.customer_id for customer_id in customers],
        [correlation_id or ctx.correlation_id for correlation_id in correlations],
        ctx.drill,
    )
    ctx.armed |= {(each.kind, str(each.subject), each.label) for each in wanted}
    ctx.wakes.add("timers")


async def cancel(session: AsyncSession, kind: str, subject: UUID, *, label: str | None = None) -> int:
    """Cancel what is armed for (kind, subject), or only its `label`. Returns how many; 0 means it had fired."""
    timers = table(session, "timers")
    armed = update(timers).where(timers.c.kind == kind, timers.c.subject == str(subject), timers.c.state == "armed")
    if label is not None:
        armed = armed.where(timers.c.label == label)
    return await _cancel(session, armed)


async def cancel_many(session: AsyncSession, kinds: Sequence[str], subjects: Collection[UUID]) -> int:
    """Cancel all that is armed of these kinds for these subjects, in one statement. Returns how many."""
    if not subjects:
        return 0
    timers = table(session, "timers")
    named = [str(subject) for subject in subjects]
    armed = update(timers).where(timers.c.kind.in_(kinds), timers.c.subject.in_(named), timers.c.state == "armed")
    return await _cancel(session, armed)


async def _cancel(session: AsyncSession, armed: Update) -> int:
    timers = table(session, "timers")
    cancelled = (await session.scalars(armed.values(state="cancelled").returning(timers.c.id))).all()
    context(session).cancelled.update(cancelled)
    return len(cancelled)
