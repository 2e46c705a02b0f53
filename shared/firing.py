"""Fires timers that are due, each once with its effect, in due order.

There is no running state, so nothing to rescue: what was missed while we were down fires once, in order, marked late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import asyncpg
import orjson
import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Caller, Database, context
from shared.mechanisms import driver, tables_of
from shared.timers import LATE_AFTER, Jobs, Timer
from shared.tracing import About, Tracer

BATCH = 200
MAX_TRIES = 8
IDLE_SECONDS = 5.0
EARLIEST = "SELECT min(due_at) AS due_at, clock_timestamp() AS now FROM {schema}.timers WHERE state = 'armed'"
DUE = """
SELECT *, xmin AS version FROM {schema}.timers
WHERE state = 'armed' AND due_at <= $1 ORDER BY due_at, id LIMIT $2
"""
"""Both read from the index of armed timers only what they return: the present moment is a value, not a function."""
MARK_FIRED = """
UPDATE {schema}.timers AS timer SET state = 'fired', fired_at = $1, late = fired.late
FROM unnest($2::uuid[], $3::timestamptz[], $4::boolean[], $5::boolean[]) AS fired (id, due_at, late, cancelled)
WHERE timer.id = fired.id AND (fired.cancelled OR timer.state = 'armed' AND timer.due_at = fired.due_at)
RETURNING timer.id
"""
KEEP_FIRED = """
INSERT INTO {schema}.timers
    (id, kind, subject, label, customer_id, correlation_id, drill, data, due_at, state, fired_at, late, tries, error)
SELECT fired.as_id, kind, subject, label, customer_id, correlation_id, drill, fired.data::jsonb, fired.due_at, 'fired',
    $1, fired.late, tries, error
FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::boolean[], $6::text[])
    AS fired (id, as_id, due_at, late, data) JOIN {schema}.timers USING (id)
ON CONFLICT DO NOTHING RETURNING id
"""

log = structlog.get_logger()


class CancelledMeanwhile(Exception):
    """A timer was cancelled, moved or fired by another while its effect waited: the effect is rolled back."""


@dataclass
class Batch:
    """The rows whose effects ran in one transaction, and what those effects did to timers meanwhile."""

    now: datetime
    fired: list[asyncpg.Record] = field(default_factory=list)
    armed: set[tuple[str, str, str]] = field(default_factory=set)
    cancelled: set[UUID] = field(default_factory=set)

    def is_touched(self, row: asyncpg.Record) -> bool:
        """Whether an effect of this batch cancelled the timer or armed it anew."""
        return row["id"] in self.cancelled or self.is_armed_anew(row)

    def is_armed_anew(self, row: asyncpg.Record) -> bool:
        return (row["kind"], row["subject"], row["label"]) in self.armed

    def is_late(self, row: asyncpg.Record) -> bool:
        return bool(self.now - row["due_at"] > LATE_AFTER)

    def timer(self, row: asyncpg.Record) -> Timer:
        own = (row["id"], row["kind"], row["subject"], row["label"], row["data"], row["due_at"])
        return Timer(*own, late=self.is_late(row))


class TimerLoop:
    """Fires what is due: a batch in one transaction; if one effect fails, the batch again one by one.

    Only the service's active worker runs it. Should two overlap, the marks at the end let one of them commit.
    """

    name = "timers"

    def __init__(self, database: Database, jobs: Jobs, tracer: Tracer) -> None:
        self.database, self.jobs, self.tracer = database, jobs, tracer
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
            async with self.database.transaction(self.caller) as session:
                due = self._together(await self._due(session, BATCH))
                await self._fire(session, due)
                return len(due)
        except Exception as problem:
            log.warning("timer_batch_failed", service=self.database.service, problem=repr(problem))
        return await self._fire_one_by_one()

    async def idle_seconds(self) -> float:
        """Seconds until the earliest timer armed at the last step is due, at most IDLE_SECONDS."""
        return self._idle

    async def _fire_one_by_one(self) -> int:
        handled = 0
        for _ in range(BATCH):
            claimed: UUID | None = None
            try:
                async with self.database.transaction(self.caller) as session:
                    due = await self._due(session, 1)
                    if not due:
                        break
                    claimed = due[0]["id"]
                    await self._fire(session, due)
            except CancelledMeanwhile:
                log.info("timer_cancelled_meanwhile", service=self.database.service, timer=str(claimed))
            except Exception as problem:
                if claimed is None:
                    raise
                log.exception("timer_failed", service=self.database.service, timer=str(claimed))
                await self._put_off(claimed, problem)
            handled += 1
        return handled

    async def _due(self, session: AsyncSession, limit: int) -> list[asyncpg.Record]:
        return await driver(session).fetch(self._on(DUE), context(session).now, limit)

    def _together(self, due: Sequence[asyncpg.Record]) -> Sequence[asyncpg.Record]:
        """The first of them up to one that fires alone, or that one."""
        alone = next((place for place, row in enumerate(due) if row["kind"] in self.jobs.alone), len(due))
        return due[: alone or 1]

    async def _fire(self, session: AsyncSession, due: Sequence[asyncpg.Record]) -> None:
        """All effects in due order, then all marks, in one transaction. A record is locked before its timers, here as
        everywhere (who moves a record cancels its timers under the record's lock), so that the two never wait for each
        other. A timer that an earlier effect of the batch cancelled or moved is left alone, as it would be alone.
        """
        batch = Batch(context(session).now)
        if self.jobs.hold and len(due) > 1:
            await self.jobs.hold(session, [batch.timer(row) for row in due])
        for row in due:
            if not batch.is_touched(row):
                await self._run_effect(session, row, batch)
                batch.fired.append(row)
        await self._mark(session, batch)

    async def _run_effect(self, session: AsyncSession, row: asyncpg.Record, batch: Batch) -> None:
        caller = Caller(
            actor=self.caller.actor,
            scope="system",
            customer_id=row["customer_id"],
            correlation_id=row["correlation_id"],
            causation_id=row["id"],
            drill=row["drill"],
        )
        async with self.database.nested(session, caller):
            await self._effect(session, batch.timer(row))
        batch.armed |= context(session).armed
        batch.cancelled |= context(session).cancelled

    async def _effect(self, session: AsyncSession, timer: Timer) -> None:
        """A trace of its own: days may lie between a timer and what armed it, more than a trace is kept open for."""
        ctx = context(session)
        about: About = {
            "aftercare.timer_id": timer.id,
            "aftercare.correlation_id": ctx.correlation_id,
            "aftercare.late": timer.late,
        }
        with self.tracer.span(f"timer {timer.kind}", "internal", about) as span:
            ctx.traceparent = span.traceparent
            await self.jobs.effects[timer.kind](session, timer)

    async def _mark(self, session: AsyncSession, batch: Batch) -> None:
        """Mark what fired. An effect may have armed its own timer again (that moved the row, and what fired is kept as
        a row of its own) or have cancelled it with others of its record.
        """
        moved = [row for row in batch.fired if batch.is_armed_anew(row)]
        still = [row for row in batch.fired if not batch.is_armed_anew(row)]
        marked = await self._mark_fired(session, batch, still) + await self._keep_fired(session, batch, moved)
        if marked < len(batch.fired):
            raise CancelledMeanwhile(len(batch.fired) - marked)

    async def _mark_fired(self, session: AsyncSession, batch: Batch, rows: Sequence[asyncpg.Record]) -> int:
        if not rows:
            return 0
        return len(
            await driver(session).fetch(
                self._on(MARK_FIRED),
                batch.now,
                [row["id"] for row in rows],
                [row["due_at"] for row in rows],
                [batch.is_late(row) for row in rows],
                [row["id"] in batch.cancelled for row in rows],
            )
        )

    async def _keep_fired(self, session: AsyncSession, batch: Batch, rows: Sequence[asyncpg.Record]) -> int:
        """The id of such a row follows from the timer as it was read, so that of two who fire it one is refused."""
        if not rows:
            return 0
        return len(
            await driver(session).fetch(
                self._on(KEEP_FIRED),
                batch.now,
                [row["id"] for row in rows],
                [uuid5(row["id"], str(row["version"])) for row in rows],
                [row["due_at"] for row in rows],
                [batch.is_late(row) for row in rows],
                [orjson.dumps(row["data"]).decode() for row in rows],
            )
        )

    def _on(self, statement: str) -> str:
        return statement.format(schema=self.database.service)

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
