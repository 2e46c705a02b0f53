"""The one place that writes what a transaction said and noted.

It is collected in the context and written just before the commit, so that the row lock of a subject (which gives its
events their sequence and its audit entries their chain) is held as briefly as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.envelope import Envelope
from shared.chains import content_hash
from shared.context import Context, Entry, Said
from shared.events import History
from shared.mechanisms import driver


async def write_pending(session: AsyncSession, contexts: Sequence[Context]) -> None:
    """Write what a transaction said and noted, and wake who waits for it, in one statement of the schema's own.

    A batch has a context for each row it handles: events leave in the order in which they were said.
    """
    said = [_said(fact, ctx) for ctx in contexts for fact in ctx.said]
    noted = [row for ctx in contexts for row in _all_noted(ctx)]
    wakes = {wake for ctx in contexts for wake in ctx.wakes} | ({"outbox"} if said else set())
    if not (wakes or noted):
        return
    await driver(session).execute(
        f'SELECT "{contexts[0].service}".write_pending($1, $2, $3, $4)',
        contexts[0].now,
        orjson.dumps(said, default=str).decode(),
        orjson.dumps(noted, default=str).decode(),
        ",".join(sorted(wakes)) or None,
    )


def _said(fact: Said, ctx: Context) -> dict[str, Any]:
    envelope = _envelope(fact, ctx)
    return {
        "event_id": fact.event_id,
        "subject": envelope.subject,
        "type": envelope.type,
        "customer_id": envelope.customerid,
        "correlation_id": envelope.correlationid,
        "envelope": envelope.model_dump(mode="json", exclude_none=True),
    }


def _envelope(fact: Said, ctx: Context) -> Envelope:
    """The envelope before it is written; the subject's head then gives it its sequence."""
    event = fact.event
    return Envelope.model_construct(
        specversion="1.0",
        datacontenttype="application/json",
        id=fact.event_id,
        source=f"/aftercare/{ctx.service}",
        type=event.type,
        subject=event.subject_id,
        time=ctx.now,
        traceparent=fact.traceparent,
        customerid=event.tenant,
        actor=fact.actor or ctx.actor,
        drill=ctx.drill,
        historical=ctx.historical or isinstance(event, History),
        sequence=0,
        correlationid=event.correlation or ctx.correlation_id or fact.event_id,
        causationid=ctx.causation_id,
        data=event.model_dump(mode="json"),
    )


def _all_noted(ctx: Context) -> Iterator[dict[str, Any]]:
    """Every entry is about what its own record was first said to be about, else what the first fact was."""
    about = {fact.event.subject_id: fact.event.correlation for fact in reversed(ctx.said)}
    first = ctx.said[0].event.correlation if ctx.said else None
    for entry in ctx.entries:
        yield _noted(entry, ctx, about.get(entry.subject) or first)


def _noted(entry: Entry, ctx: Context, correlation: UUID | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject": entry.subject,
        "at": ctx.now,
        "actor": ctx.actor,
        "roles": list(ctx.roles),
        "origin": ctx.origin,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "information": entry.information,
        "customer_id": entry.customer_id,
        "correlation_id": ctx.correlation_id or correlation,
        "causation_id": ctx.causation_id,
    }
    return row | {"content": content_hash(row).hex(), "tenant": str(ctx.customer_id or "")}
