"""Saying facts: `emit` writes an event beside the change that made it true; the relay carries it to the bus.

A crash between the bus's confirmation and our mark means an event is sent twice, never zero times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.bus import Bus, Envelope, PublishFailed
from shared.context import Said
from shared.db import Database, context
from shared.errors import Forbidden
from shared.events import REGISTRY, Event
from shared.mechanisms import table
from shared.tracing import Tracer

BATCH = 200
HISTORY_BATCH = 50
PARALLEL_SUBJECTS = 50
PUBLISH_DEADLINE_SECONDS = 10.0
UNSENT = """
WITH failing AS (SELECT DISTINCT subject FROM {schema}.outbox WHERE sent_at IS NULL AND tries > 0), unsent AS (
(SELECT id, subject, envelope FROM {schema}.outbox AS live
    WHERE sent_at IS NULL AND envelope ->> 'historical' = 'false' AND subject NOT IN (SELECT subject FROM failing)
        AND NOT EXISTS (
            SELECT FROM {schema}.outbox AS before
            WHERE before.subject = live.subject AND before.sequence < live.sequence
                AND before.sent_at IS NULL AND before.envelope ->> 'historical' = 'true'
        )
    ORDER BY id LIMIT $1)
UNION ALL
(SELECT id, subject, envelope FROM {schema}.outbox
    WHERE sent_at IS NULL AND envelope ->> 'historical' = 'true' AND subject NOT IN (SELECT subject FROM failing)
    ORDER BY id LIMIT $2)
UNION ALL
(SELECT DISTINCT ON (subject) id, subject, envelope FROM {schema}.outbox
    WHERE sent_at IS NULL AND subject IN (SELECT subject FROM failing) ORDER BY subject, id)
)
SELECT *, 'true' = (
    SELECT envelope ->> 'historical' FROM {schema}.outbox AS first WHERE first.subject = unsent.subject
    ORDER BY sequence LIMIT 1
) AS of_history
FROM unsent
"""
"""What is to be published: of a subject that failed before only the first row, so that it holds up no other; and of
history only a little at a time, for what happens now does not wait behind what was long ago. What a subject says now
does wait for its own history, here and on its way: all of a subject that began with history goes that way.
"""
MARK_SENT = "UPDATE {schema}.outbox SET sent_at = statement_timestamp(), error = NULL WHERE id = ANY ($1::bigint[])"
MARK_TRIED = "UPDATE {schema}.outbox SET tries = tries + 1, error = $2 WHERE id = $1"
log = structlog.get_logger()


class ForeignEvent(Exception):
    """A service said something that only another service may say. A programming error."""


class ForeignTenant(Forbidden):
    code = "foreign_tenant"
    en = "This concerns another customer."
    zh = "此内容属于另一客户。"


def emit(session: AsyncSession, event: Event, *, by_itself: bool = False) -> None:
    """Say a fact in this transaction. It leaves after the commit, in order per subject, at least once.

    `by_itself`: the service made it true, and not the person whose doing it follows from.
    Raises ForeignEvent when the event is not this service's, ForeignTenant when it is not this customer's.
    """
    ctx = context(session)
    if event.type.split(".", 1)[0] != ctx.service:
        raise ForeignEvent(f"{ctx.service} may not say {event.type}")
    if ctx.customer_id and event.tenant and event.tenant != ctx.customer_id:
        raise ForeignTenant()
    ctx.said.append(Said(event, uuid7(), ctx.traceparent, f"system:{ctx.service}" if by_itself else None))


class Relay:
    """Publishes unsent rows in order. Only the service's active worker runs it, so order per subject holds.

    Subjects are independent: one that fails is left at its first unsent row, the others go on.
    """

    name = "outbox"

    def __init__(self, database: Database, bus: Bus, tracer: Tracer) -> None:
        self.database, self.bus, self.tracer = database, bus, tracer

    async def step(self) -> int:
        """Publish up to BATCH rows, and HISTORY_BATCH of history; returns how many were sent."""
        rows = await self.database.directly(UNSENT, BATCH, HISTORY_BATCH)
        if not rows:
            return 0
        by_subject = groupby(sorted(rows, key=itemgetter("subject", "id")), key=itemgetter("subject"))
        gate = asyncio.Semaphore(PARALLEL_SUBJECTS)
        groups = [list(group) for _, group in by_subject]
        outcomes = await asyncio.gather(*(self._publish_subject(group, gate) for group in groups))
        await self._mark(outcomes)
        return sum(len(sent) for sent, _ in outcomes)

    async def idle_seconds(self) -> float:
        return 1.0

    async def _publish_subject(
        self, rows: Sequence[Any], gate: asyncio.Semaphore
    ) -> tuple[list[int], tuple[int, str] | None]:
        """The ids sent, and the first one that failed with its reason; what comes after it waits."""
        sent: list[int] = []
        async with gate:
            for row in rows:
                try:
                    await self._publish(Envelope.model_validate(row["envelope"]), of_history=row["of_history"])
                except (PublishFailed, TimeoutError) as problem:
                    log.warning(
                        "publish_failed",
                        subject=row["subject"],
                        problem=str(problem),
                        cause=repr(problem.__cause__),
                    )
                    return sent, (row["id"], str(problem) or "no confirmation in time")
                sent.append(row["id"])
        return sent, None

    async def _publish(self, envelope: Envelope, *, of_history: bool) -> None:
        """Its span stands beside those of the listeners, not above them: what was committed is sent as it was."""
        about = {"messaging.message.id": envelope.id, "aftercare.correlation_id": envelope.correlationid}
        with self.tracer.span(f"publish {envelope.type}", "producer", about, parent=envelope.traceparent):
            async with asyncio.timeout(PUBLISH_DEADLINE_SECONDS):
                await self.bus.publish(envelope, of_history=of_history)

    async def _mark(self, outcomes: Sequence[tuple[list[int], tuple[int, str] | None]]) -> None:
        sent = [row_id for ids, _ in outcomes for row_id in ids]
        failed = [failure for _, failure in outcomes if failure]
        if sent:
            await self.database.directly(MARK_SENT, sent)
        for row_id, error in failed:
            await self.database.directly(MARK_TRIED, row_id, error[:500])


async def events_about(session: AsyncSession, correlation_id: Any) -> list[dict[str, Any]]:
    """Every envelope this service ever said about an incident (or another correlation), oldest first.

    The outbox has no tenant policy: for a customer's people only their own customer's are asked for. What is internal
    is left out for whoever may not see it, and secrets always.
    """
    ctx, outbox = context(session), table(session, "outbox")
    said = select(outbox.c.envelope).where(outbox.c.correlation_id == correlation_id).order_by(outbox.c.id)
    if ctx.scope == "customer":
        said = said.where(outbox.c.customer_id == ctx.customer_id)
    if not ctx.sees_internal:
        internal = [kind.type for kind in REGISTRY.values() if kind.internal]
        said = said.where(outbox.c.type.not_in(internal))
    return [_without_secrets(envelope) for envelope in await session.scalars(said)]


def _without_secrets(envelope: dict[str, Any]) -> dict[str, Any]:
    kind = REGISTRY.get(envelope["type"])
    secret = kind.secret if kind else ()
    return envelope | {"data": {name: value for name, value in envelope["data"].items() if name not in secret}}


async def oldest_unsent_seconds(session: AsyncSession) -> float:
    """Age in seconds of the oldest row that has not left; 0 when nothing waits. History may wait, and is left out."""
    outbox = table(session, "outbox")
    oldest = select(func.extract("epoch", func.clock_timestamp() - func.min(outbox.c.created_at)))
    is_live = outbox.c.envelope["historical"].astext == "false"
    age = await session.scalar(oldest.where(outbox.c.sent_at.is_(None), is_live))
    return max(0.0, float(age or 0.0))
