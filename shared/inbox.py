"""The handling machine: an envelope and its effects are one commit, once per consumer, in order per subject.

Whatever carried the envelope (local bus or RabbitMQ) only brings it here. A failure is kept with its reason and tried
again; events of the same subject wait behind it, all other subjects flow; after the last try it is parked until an
operator replays or discards it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, Update, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Envelope, NeverTaken
from shared.consumers import Consumer, Consumers, Turn, turns
from shared.db import Caller, Database, context
from shared.errors import is_database_down, is_unstorable
from shared.mechanisms import driver, tables_of
from shared.tracing import About, Span, Tracer

MAX_TRIES = 8
BATCH = 50
AFTER_FAILURE_SECONDS = 1.0
log = structlog.get_logger()

ENTER = """
INSERT INTO {inbox} (consumer, event_id, subject, type, state, envelope, next_try_at)
SELECT $1, $2, $3, $4, CASE WHEN blocked THEN 'waiting' ELSE 'done' END,
    CASE WHEN blocked THEN $5::jsonb END, CASE WHEN blocked THEN $6::timestamptz END
FROM (SELECT EXISTS (
    SELECT FROM {inbox} WHERE subject = $3 AND state IN ('waiting', 'parked') AND event_id <> $2
) AS blocked) AS subject_is
ON CONFLICT DO NOTHING RETURNING state
"""
ENTER_ALL = """
INSERT INTO {inbox} (consumer, event_id, subject, type, state)
SELECT consumer, event_id, subject, type, 'done'
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[])
    WITH ORDINALITY AS arrived (consumer, event_id, subject, type, place)
WHERE NOT EXISTS (
    SELECT FROM {inbox} AS open
    WHERE open.subject = arrived.subject AND open.state IN ('waiting', 'parked') AND open.event_id <> arrived.event_id
)
ORDER BY place
ON CONFLICT DO NOTHING RETURNING consumer, event_id
"""
"""Enters at once what nothing is in the way of, in the order in which it arrived. What is left out was here before, or
waits behind its subject.
"""

ANY_OPEN = "SELECT FROM {schema}.inbox WHERE state IN ('waiting', 'parked') LIMIT 1"

Entry = tuple[str, UUID]
"""A consumer and the id of an event, as the inbox has them."""


class InboxClosed(Exception):
    """The service stops before an envelope that arrived could be stored."""


class Inbox:
    """One service's inbox. `receive` is handed to the bus; `step` tries again what waits."""

    name = "inbox"

    def __init__(self, database: Database, consumers: Consumers, tracer: Tracer) -> None:
        self.database, self.consumers, self.tracer = database, consumers, tracer
        self.rows = tables_of(database.service)["inbox"]
        self._arrived: deque[tuple[Envelope, asyncio.Future[None]]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._closing = asyncio.Event()
        self.caller = Caller(actor=f"system:{database.service}", scope="system")
        inbox = f'"{database.service}".inbox'
        self._enter, self._enter_all = ENTER.format(inbox=inbox), ENTER_ALL.format(inbox=inbox)

    async def receive(self, envelope: Envelope) -> None:
        """Take an envelope for good: handled, waiting or parked once this returns.

        What arrives while another is being handled is handled with what else arrived meanwhile, in one transaction.
        While nothing can be stored it is kept here, and all that came after it behind it: nothing overtakes. Raises
        InboxClosed when the service stops before; the carrier then keeps the envelope. Raises NeverTaken.
        """
        taken = asyncio.get_running_loop().create_future()
        self._arrived.append((envelope, taken))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._take_arrived(), name=f"{self.database.service} inbox")
        await asyncio.shield(taken)

    async def close(self) -> None:
        """Handle what has arrived, and give back what cannot be stored now."""
        self._closing.set()
        if self._pump:
            await self._pump

    async def step(self) -> int:
        """Try again the first waiting envelope of each subject whose time has come; returns how many were tried."""
        if not await self.database.directly(ANY_OPEN):
            return 0
        async with self.database.transaction(self.caller, read_only=True) as session:
            due = await self._heads_due(session)
        for row in due:
            async with self._one_at_a_time:
                await self._retry(row)
        return len(due)

    async def idle_seconds(self) -> float:
        return 1.0

    async def _take_arrived(self) -> None:
        while self._arrived:
            batch = list(islice(self._arrived, BATCH))
            async with self._one_at_a_time:
                settled = await self._take_batch([envelope for envelope, _ in batch])
            for (_, taken), refused in zip(batch, settled, strict=False):
                self._arrived.popleft()
                taken.set_exception(refused) if refused else taken.set_result(None)
            if len(settled) < len(batch):
                await self._wait_for_the_database()

    async def _wait_for_the_database(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AFTER_FAILURE_SECONDS):
                await self._closing.wait()
            while self._arrived:
                _, taken = self._arrived.popleft()
                taken.set_exception(InboxClosed())

    async def _take_batch(self, envelopes: Sequence[Envelope]) -> Sequence[NeverTaken | None]:
        """All effects in one transaction; if one fails, each in its own. Returns how it went, from the first: what
        comes after one that cannot be stored now is not tried.
        """
        if sum(len(self._consumers_of(envelope)) for envelope in envelopes) > 1:
            try:
                async with self.database.transaction(self.caller) as session:
                    for turn in turns(await self._enter_together(session, envelopes)):
                        await self._effect(session, turn)
            except Exception as problem:
                log.info("inbox_batch_split", service=self.database.service, problem=repr(problem))
            else:
                return [None] * len(envelopes)
        settled: list[NeverTaken | None] = []
        for envelope in envelopes:
            try:
                settled.append(await self._take_alone(envelope))
            except Exception as problem:
                log.warning("inbox_unavailable", event_id=str(envelope.id), type=envelope.type, problem=repr(problem))
                break
        return settled

    async def _take_alone(self, envelope: Envelope) -> NeverTaken | None:
        """Raises what kept it from being stored now."""
        try:
            for consumer in self._consumers_of(envelope):
                await self._handle_or_keep(consumer, envelope)
        except Exception as problem:
            if not is_unstorable(problem):
                raise
            return NeverTaken(f"{envelope.type} {envelope.id}: {problem!r}")
        return None

    async def _handle_or_keep(self, consumer: Consumer, envelope: Envelope) -> None:
        """Raises what kept it from being stored at all."""
        try:
            async with self.database.transaction(self._caller_of(envelope)) as session:
                if await self._takes(session, consumer, envelope, set()):
                    await self._effect(session, Turn(consumer, [envelope]))
        except Exception as problem:
            report = log.warning if is_database_down(problem) else log.exception
            report(
                "consumer_failed",
                problem=repr(problem),
                consumer=consumer.name,
                event_id=str(envelope.id),
                type=envelope.type,
                correlation_id=str(envelope.correlationid),
            )
            await self._keep_failed(consumer, envelope, problem)

    def _consumers_of(self, envelope: Envelope) -> Sequence[Consumer]:
        return self.consumers.by_type.get(envelope.type, ())

    async def _effect(self, session: AsyncSession, turn: Turn) -> None:
        """What the consumer says because of an envelope belongs to its span under that envelope's trace."""
        correlation = {"correlation_id": str(turn.envelopes[0].correlationid)} if len(turn.envelopes) == 1 else {}
        with structlog.contextvars.bound_contextvars(**correlation), ExitStack() as spans:
            callers = [
                self._caller_of(envelope, spans.enter_context(self._span(turn.consumer, envelope)))
                for envelope in turn.envelopes
            ]
            async with self.database.nested(session, *callers):
                await turn.consumer.handle(session, turn.envelopes)

    def _span(self, consumer: Consumer, envelope: Envelope) -> AbstractContextManager[Span]:
        about: About = {
            "aftercare.event_type": envelope.type,
            "messaging.message.id": envelope.id,
            "aftercare.correlation_id": envelope.correlationid,
        }
        return self.tracer.span(consumer.name, "consumer", about, parent=envelope.traceparent)

    async def _enter_together(
        self, session: AsyncSession, envelopes: Sequence[Envelope]
    ) -> list[tuple[Envelope, list[Consumer]]]:
        """Each envelope with those who are to handle it now. What is new and has nothing before it is entered in one
        statement.
        """
        heard = [(envelope, self._consumers_of(envelope)) for envelope in envelopes]
        arrived = [
            (consumer.name, envelope.id, envelope.subject, envelope.type)
            for envelope, consumers in heard
            for consumer in consumers
        ]
        rows = await driver(session).fetch(self._enter_all, *map(list, zip(*arrived, strict=True)))
        entered = {(row["consumer"], row["event_id"]) for row in rows}
        return [
            (envelope, [each for each in consumers if await self._takes(session, each, envelope, entered)])
            for envelope, consumers in heard
        ]

    async def _takes(self, session: AsyncSession, consumer: Consumer, envelope: Envelope, entered: set[Entry]) -> bool:
        """Whether to handle it now. `entered`: what was entered with others; each is taken out, to count once."""
        entry = (consumer.name, envelope.id)
        is_new = entry in entered or await self._entered(session, consumer, envelope) == "done"
        entered.discard(entry)
        return is_new and consumer.is_for(envelope)

    async def _entered(self, session: AsyncSession, consumer: Consumer, envelope: Envelope) -> str | None:
        """Enter the envelope: `done` to be handled now, `waiting` behind its subject, None when it was here before."""
        state: str | None = await driver(session).fetchval(
            self._enter,
            consumer.name,
            envelope.id,
            envelope.subject,
            envelope.type,
            envelope.model_dump_json(exclude_none=True),
            context(session).now,
        )
        return state

    async def _keep_failed(self, consumer: Consumer, envelope: Envelope, problem: Exception) -> None:
        """Store the envelope with its error and when to try again, in a transaction of its own. A lost connection or
        deadlock is no try: it was not the effect's fault.
        """
        async with self.database.transaction(self.caller) as session:
            row = {
                "consumer": consumer.name,
                "event_id": envelope.id,
                "subject": envelope.subject,
                "type": envelope.type,
                "state": "waiting",
                "envelope": envelope.model_dump(mode="json", exclude_none=True),
                "tries": 0 if is_database_down(problem) else 1,
                "error": repr(problem)[:500],
                "next_try_at": context(session).now + timedelta(seconds=backoff_seconds(1)),
            }
            await session.execute(insert(self.rows).values(row).on_conflict_do_nothing())

    async def _heads_due(self, session: AsyncSession) -> list[Row[Any]]:
        """The oldest open row of each subject, where it waits and is due: a parked head keeps its subject blocked."""
        heads = (
            select(self.rows)
            .ext(distinct_on(self.rows.c.subject))
            .where(self.rows.c.state.in_(("waiting", "parked")))
            .order_by(self.rows.c.subject, self.rows.c.id)
            .subquery()
        )
        due = select(heads).where(heads.c.state == "waiting", heads.c.next_try_at <= context(session).now)
        return list(await session.execute(due.order_by(heads.c.id).limit(BATCH)))

    async def _retry(self, row: Row[Any]) -> None:
        envelope = Envelope.model_validate(row.envelope)
        consumer = next((c for c in self._consumers_of(envelope) if c.name == row.consumer), None)
        if consumer is None:
            await self._keep_open(row, "parked", row.tries, "this service has no such consumer any more")
            return
        try:
            async with self.database.transaction(self._caller_of(envelope)) as session:
                done = self._waiting(row).values(state="done", envelope=None, error=None)
                claimed = await session.execute(done.returning(self.rows.c.id))
                if claimed.first() is not None and consumer.is_for(envelope):
                    await self._effect(session, Turn(consumer, [envelope]))
        except Exception as problem:
            if is_database_down(problem):
                raise
            await self._put_off(row, problem)

    async def _put_off(self, row: Row[Any], problem: Exception) -> None:
        """Try again later, after ever longer; park it after MAX_TRIES."""
        tries = row.tries + 1
        state = "parked" if tries >= MAX_TRIES else "waiting"
        log.exception("consumer_failed_again", consumer=row.consumer, event_id=str(row.event_id), state=state)
        await self._keep_open(row, state, tries, repr(problem)[:500])

    async def _keep_open(self, row: Row[Any], state: str, tries: int, error: str) -> None:
        """Note down why it is not handled and when to try again, in a transaction of its own."""
        async with self.database.transaction(self.caller) as session:
            later = context(session).now + timedelta(seconds=backoff_seconds(tries))
            noted = self._waiting(row).values(state=state, tries=tries, error=error, next_try_at=later)
            await session.execute(noted)

    def _waiting(self, row: Row[Any]) -> Update:
        """Nothing, when an operator discarded it meanwhile."""
        this = (self.rows.c.consumer == row.consumer) & (self.rows.c.event_id == row.event_id)
        return update(self.rows).where(this, self.rows.c.state == "waiting")

    def _caller_of(self, envelope: Envelope, span: Span | None = None) -> Caller:
        return Caller(
            actor=envelope.actor,
            scope="system",
            customer_id=envelope.customerid,
            correlation_id=envelope.correlationid,
            causation_id=envelope.id,
            drill=envelope.drill,
            historical=envelope.historical,
            traceparent=span.traceparent if span else envelope.traceparent,
        )


def backoff_seconds(tries: int) -> float:
    """1, 4, 16, 64 s ... at most 10 minutes."""
    return float(min(600, 4 ** (tries - 1)))
