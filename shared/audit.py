"""Who did what to a record, when, from where, and on what information: entries beside the change, chained by hash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.chains import broken_link, json_value
from shared.context import Entry
from shared.db import context
from shared.mechanisms import table

PASS_ROWS = 1000
Entries = list[dict[str, Any]]
Head = tuple[int | None, bytes | None]
"""How many entries a chain has, and the hash of the last; of a record without a head, neither."""


def note(
    session: AsyncSession,
    subject: UUID,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    information: dict[str, Any] | None = None,
    customer_id: UUID | None = None,
    of_nobody: bool = False,
) -> None:
    """Add an audit entry to the record `subject` in this transaction.

    `before` and `after` hold the fields that changed, `information` what the decision rested on. `of_nobody`: no
    customer sees it, whosever the transaction is; all of such a record's entries are so (0024).
    """
    ctx = context(session)
    ctx.entries.append(
        Entry(
            subject=str(subject),
            action=action,
            before=json_value(before or {}),
            after=json_value(after or {}),
            information=json_value(information or {}),
            customer_id=None if of_nobody else customer_id or ctx.customer_id,
        )
    )


async def verify_chains(session: AsyncSession) -> list[tuple[str, int]]:
    """The chains of this service that do not hold, as (record, number of its first broken entry).

    A chain cut off at its end is broken too: its head still counts the entries that are gone.
    """
    heads, audit = table(session, "heads"), table(session, "audit")
    has_entries = exists().where(audit.c.subject == heads.c.subject)
    emptied = await session.scalars(select(heads.c.subject).where(heads.c.entries > 0, ~has_entries))
    broken = [(subject, 1) for subject in emptied]
    async for entries, head in _chains(session):
        link = broken_link(entries)
        if link is None and (len(entries), entries[-1]["hash"]) != head:
            link = len(entries) + 1
        if link is not None:
            broken.append((entries[0]["subject"], link))
    return sorted(broken)


async def _chains(session: AsyncSession) -> AsyncIterator[tuple[Entries, Head]]:
    """The chain of each record and what its head has of it, one after the other in a single pass."""
    heads, audit = table(session, "heads"), table(session, "audit")
    every = select(audit, heads.c.entries, heads.c.hash.label("last"))
    every = every.outerjoin(heads, heads.c.subject == audit.c.subject).order_by(audit.c.subject, audit.c.number)
    chain: Entries = []
    head: Head = (None, None)
    async for row in (await session.stream(every.execution_options(yield_per=PASS_ROWS))).mappings():
        entry = dict(row)
        counted = entry.pop("entries"), entry.pop("last")
        if chain and chain[0]["subject"] != entry["subject"]:
            yield chain, head
            chain = []
        chain.append(entry)
        head = counted
    if chain:
        yield chain, head
