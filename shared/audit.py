"""Who did what to a record, when, from where, and on what information: entries beside the change, chained by hash."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.context import Entry
from shared.db import context
from shared.mechanisms import broken_link, chain_of, json_value, table

__all__ = ["broken_link", "chain_of", "note", "verify_chains"]


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
    heads = table(session, "heads")
    broken = []
    for head in (await session.execute(select(heads).where(heads.c.entries > 0).order_by(heads.c.subject))).all():
        entries = await chain_of(session, head.subject)
        link = broken_link(entries)
        if link is None and (len(entries) != head.entries or entries[-1]["hash"] != head.hash):
            link = len(entries) + 1
        if link is not None:
            broken.append((head.subject, link))
    return broken
