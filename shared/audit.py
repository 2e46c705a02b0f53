"""Who did what to a record, when, from where, and on what information: entries beside the change, chained by hash."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.context import Entry
from shared.db import context
from shared.mechanisms import broken_link, chain_of, json_value

__all__ = ["broken_link", "chain_of", "note"]


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
