"""Who did what to a record, when, from where, and on what information: entries beside the change, chained by hash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.chains import broken_link, json_value
from shared.context import Entry
from shared.db import context
from shared.mechanisms import table

PASS_ROWS = 1000


def note(
    session: AsyncSession,
    subject: UUID,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    information: dict[str, Any] | None = None,
    customer_id: UUID | None = None,
) -> None:
    """Add an audit entry to the record `subject` in this transaction.

    `before` and `after` hold the fields that changed, `information` what the decision rested on.
    """
    ctx = context(session)
    ctx.entries.append(
        Entry(
            subject=str(subject),
            action=action,
            before=json_value(before or {}),
            after=json_value(after or {}),
            information=json_value(information or {}),
            customer_id=customer_id or ctx.customer_id,
        )
    )


async def verify_chains(session: AsyncSession) -> list[tuple[str, int]]:
    """The chains of this service that do not hold, as (record, number of its first broken entry).

    A chain cut off at its end is broken too: its head still counts the entries that are gone.
    """
    table_of_heads = table(session, "heads")
    found = await session.execute(select(table_of_heads).where(table_of_heads.c.entries > 0))
    heads = {head.subject: head for head in found}
    broken = dict.fromkeys(heads, 1)
    async for entries in _chains(session):
        subject, head = entries[0]["subject"], heads.get(entries[0]["subject"])
        link = broken_link(entries)
        if link is None and (head is None or len(entries) != head.entries or entries[-1]["hash"] != head.hash):
            link = len(entries) + 1
        if link is None:
            del broken[subject]
        else:
            broken[subject] = link
    return sorted(broken.items())


async def _chains(session: AsyncSession) -> AsyncIterator[list[dict[str, Any]]]:
    """The chain of each record, one after the other in a single pass."""
    audit = table(session, "audit")
    every = select(audit).order_by(audit.c.subject, audit.c.number).execution_options(yield_per=PASS_ROWS)
    chain: list[dict[str, Any]] = []
    async for row in (await session.stream(every)).mappings():
        if chain and chain[0]["subject"] != row["subject"]:
            yield chain
            chain = []
        chain.append(dict(row))
    if chain:
        yield chain
