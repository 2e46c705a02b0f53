"""Due work as rows: armed, moved and cancelled with the change that causes it, fired with its effect.

There is no running state, so nothing to rescue: what was missed while we were down fires once, in order, marked late.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.db import Caller, Database, context
from shared.mechanisms import driver, table, tables_of

BATCH = 100
MAX_TRIES = 8
IDLE_SECONDS = 5.0
LATE_AFTER = timedelta(seconds=60)
log = structlog.get_logger()


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


ARM = """
INSERT INTO {timers} AS armed (id, kind, subject, label, due_at, data, customer_id, correlation_id, drill)
SELECT id, kind, subject, label, due_at, data::jsonb, $7, $8, $9
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
    AS wanted (id, kind, subject, label, due_at, data)
ON CONFLICT (kind, subject, label) WHERE state = 'armed'
DO UPDATE SET due_at = excluded.due_at, data = excluded.data
"""

EARLIEST = "SELECT min(due_at) AS due_at, clock_timestamp() AS now FROM {schema}.timers WHERE state = 'armed'"

Effect = Callable[[AsyncSession, Timer], Awaitable[None]]


class Jobs:
    """A service's table of timer kinds and their effects."""

    def __init__(self) -> None:
        self.effects: dict[str, Effect] = {}

    def due(self, kind: str) -> Callable[[Effect], Effect]:
        def register(effect: Effect) -> Effect:
            if kind in self.effects:
                raise TypeError(f"two effects for the timer {kind!r}")
            self.effects[kind] = effect
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
    await arm_many(session, [(kind, subject, label, due_at, data or {})], customer_id, correlation_id)


async def arm_many(
    session: AsyncSession,
    wanted: Sequence[tuple[str, UUID, str, datetime, Mapping[str, Any]]],
    customer_id: UUID | None,
    correlation_id: UUID | None,
) -> None:
    """Arm several timers (kind, subject, label, due_at, data) of one tenant in one statement."""
    if not wanted:
        return
    ctx = context(session)
    kinds, subjects, labels, due, data = zip(*wanted, strict=True)
    await driver(session).execute(
        ARM.format(timers=f'"{ctx.service}".timers'),
        [uuid7() for _ in wanted],
        kinds,
        [str(subject) for subject in subjects],
        labels,
        due,
        [orjson.dumps(given, default=str).decode() for given in data],
        customer_id or ctx.customer_id,
        correlation_id or ctx.correlation_id,
        ctx.drill,
    )
    ctx.armed |= {(kind, str(subject), label) for kind, subject, label, _, _ in wanted}
    ctx.wakes.add("timers")


async def cancel(session: AsyncSession, kind: str, subject: UUID, *, label: str | None = None) -> int:
    """Cancel what is armed for (kind, subject), or only its `label`. Returns how many; 0 means it had fired."""
    timers = table(session, "timers")
    armed = update(timers).where(timers.c.kind == kind, timers.c.subject == str(subject), timers.c.state == "armed")
    if label is not None:
        armed = armed.where(timers.c.label == label)
    cancelled = (await session.scalars(armed.values(state="cancelled").returning(timers.c.id))).all()
    context(session).cancelled.update(cancelled)
    return len(cancelled)


class CancelledMeanwhile(Exception):
    """A timer was cancelled, moved or fired by another while its effect waited: the effect is rolled back."""


class TimerLoop:
    """Fires what is due: a batch in one transaction; if one effect fails, the batch again one by one.

    Only the service's active worker runs it. Should two overlap, the mark at the end lets one of them commit.
    """

    name = "timers"

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self.database, self.jobs = database, jobs
        self.timers = tables_of(database.service)["timers"]
        self._idle = IDLE_SECONDS
        self.caller = Caller(actor=f"system:{database.service}", scope="system")

    async def step(self) -> int:
        """Fire up to BATCH due timers in due order; returns how many fired or were put off."""
        [earliest] = await self.database.directly(EARLIEST)
        if earliest["due_at"] is None:
            self._idle = IDLE_SECONDS
            return 0
        wait = (earliest["due_at"] - self.database.time(earliest["now"])).total_seconds()
        if wait > 0:
            self._idle = min(IDLE_SECONDS, wait)
            return 0
        try:
            return await self._fire(BATCH)
        except Exception as problem:
            log.warning("timer_batch_failed", service=self.database.service, problem=repr(problem))
        return await self._fire_one_by_one()

    async def idle_seconds(self) -> float:
        """Seconds until the earliest timer armed at the last step is due, at most IDLE_SECONDS."""
        return self._idle

    async def _fire(self, limit: int) -> int:
        async with self.database.transaction(self.caller) as session:
            rows = await self._due(session, limit)
            for row in rows:
                await self._fire_row(session, row)
            return len(rows)

    async def _fire_one_by_one(self) -> int:
        handled = 0
        for _ in range(BATCH):
            claimed: UUID | None = None
            try:
                async with self.database.transaction(self.caller) as session:
                    rows = await self._due(session, 1)
                    if not rows:
                        break
                    claimed = rows[0].id
                    await self._fire_row(session, rows[0])
            except CancelledMeanwhile:
                log.info("timer_cancelled_meanwhile", service=self.database.service, timer=str(claimed))
            except Exception as problem:
                if claimed is None:
                    raise
                log.exception("timer_failed", service=self.database.service, timer=str(claimed))
                await self._put_off(claimed, problem)
            handled += 1
        return handled

    async def _due(self, session: AsyncSession, limit: int) -> Sequence[Row[Any]]:
        due = select(self.timers).where(self.timers.c.state == "armed", self.timers.c.due_at <= context(session).now)
        return (await session.execute(due.order_by(self.timers.c.due_at, self.timers.c.id).limit(limit))).all()

    async def _fire_row(self, session: AsyncSession, row: Row[Any]) -> None:
        """The effect, then the mark, in one transaction. The record is locked before its timer, here as everywhere
        (who moves a record cancels its timers under the record's lock), so that the two never wait for each other.
        An effect may arm its own timer again (that moved the row, and what fired is kept as a row of its own) or
        cancel it with others of its record.
        """
        caller = Caller(
            actor=self.caller.actor,
            scope="system",
            customer_id=row.customer_id,
            correlation_id=row.correlation_id,
            causation_id=row.id,
            drill=row.drill,
        )
        async with self.database.nested(session, caller):
            now = context(session).now
            late = now - row.due_at > LATE_AFTER
            timer = Timer(row.id, row.kind, row.subject, row.label, row.data, row.due_at, late)
            await self.jobs.effects[row.kind](session, timer)
            await session.flush()
            fired = {"state": "fired", "fired_at": now, "late": late}
            if (row.kind, row.subject, row.label) in context(session).armed:
                await session.execute(insert(self.timers).values(**row._asdict() | fired | {"id": uuid7()}))
                return
            still = update(self.timers).where(self.timers.c.id == row.id)
            if row.id not in context(session).cancelled:
                still = still.where(self.timers.c.state == "armed", self.timers.c.due_at == row.due_at)
            if (await session.execute(still.values(**fired).returning(self.timers.c.id))).first() is None:
                raise CancelledMeanwhile(row.id)

    async def _put_off(self, timer_id: UUID, problem: Exception) -> None:
        """Try again later, after ever longer; park it after MAX_TRIES with its reason."""
        async with self.database.transaction(self.caller) as session:
            row = (await session.execute(select(self.timers).where(self.timers.c.id == timer_id))).one()
            tries = row.tries + 1
            state = "parked" if tries >= MAX_TRIES else "armed"
            later = context(session).now + timedelta(seconds=2**tries)
            put_off = update(self.timers).where(
                self.timers.c.id == timer_id, self.timers.c.state == "armed", self.timers.c.due_at == row.due_at
            )
            await session.execute(put_off.values(tries=tries, state=state, due_at=later, error=repr(problem)[:500]))
