"""The audit entries of a record, as a test looks at them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.mechanisms import table


async def chain_of(session: AsyncSession, subject: str) -> list[dict[str, Any]]:
    """All audit entries of a record, oldest first, each with every column."""
    audit = table(session, "audit")
    rows = await session.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.number))
    return [dict(row) for row in rows.mappings()]
