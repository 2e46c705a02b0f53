"""Writing the delivery log: a try is entered before it is made, and closed with how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.outcomes import Delivered, Outcome, Refused
from services.notify.tries.models import Try
from shared.db import context


async def begin_tries(session: AsyncSession, begun: Sequence[tuple[UUID, UUID, int]]) -> None:
    """Enter tries as (message or delivery, customer, number)."""
    if not begun:
        return
    now = context(session).now
    rows = [
        {"subject_id": subject_id, "customer_id": customer_id, "number": number, "at": now}
        for subject_id, customer_id, number in begun
    ]
    await session.execute(insert(Try), rows)


async def end_try(session: AsyncSession, subject_id: UUID, number: int, outcome: Outcome) -> None:
    this = update(Try).where(Try.subject_id == subject_id, Try.number == number)
    await session.execute(this.values(_as_columns(outcome)))


def _as_columns(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Delivered):
        return {"outcome": "delivered", "status": outcome.status, "reply": outcome.reply}
    kind = "refused" if isinstance(outcome, Refused) else "try_later"
    return {"outcome": kind, "why": outcome.why, "status": outcome.status, "reply": outcome.reply}
