"""Every write to pauses. What stands still or runs on with them is the caller's business, under the incident's lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.base import insert_complete
from services.incidents.pauses import queries
from services.incidents.pauses.domain import Reason, Stretch
from services.incidents.pauses.models import Pause
from shared.db import context


async def begin_pause(
    session: AsyncSession,
    *,
    incident_id: UUID,
    customer_id: UUID,
    reason: Reason,
    evidence: str | None,
    planned_until_at: datetime | None,
    asked_until_at: datetime | None,
) -> Pause:
    ctx = context(session)
    begun = Pause(
        incident_id=incident_id,
        customer_id=customer_id,
        reason=reason,
        from_at=ctx.now,
        planned_until_at=planned_until_at,
        asked_until_at=asked_until_at,
        author=ctx.actor,
        evidence=evidence,
    )
    session.add(begun)
    await session.flush()
    return begun


async def end_pause(session: AsyncSession, incident_id: UUID, at: datetime) -> Pause | None:
    """End the pause that is open, if one is; not after its planned end, whenever that is noticed."""
    ended = await end_pauses(session, [incident_id], at)
    return ended[0] if ended else None


async def end_pauses(session: AsyncSession, incident_ids: Collection[UUID], at: datetime) -> Sequence[Pause]:
    """The same of several incidents."""
    found = await queries.open_pauses(session, incident_ids)
    for pause in found:
        end = min(at, pause.planned_until_at) if pause.planned_until_at else at
        pause.until_at, pause.ended_by = max(end, pause.from_at), context(session).actor
        pause.version += 1
    if found:
        await session.flush()
    return found


async def leave_gap(
    session: AsyncSession, *, incident_id: UUID, customer_id: UUID, reason: Reason, from_at: datetime
) -> Pause:
    """The incident was over from `from_at` until now, and is taken up again."""
    ctx = context(session)
    gap = Pause(
        incident_id=incident_id,
        customer_id=customer_id,
        reason=reason,
        from_at=from_at,
        until_at=ctx.now,
        author=ctx.actor,
        ended_by=ctx.actor,
    )
    session.add(gap)
    await session.flush()
    return gap


async def record_pauses(
    session: AsyncSession, customer_id: UUID, author: str, stretches: Mapping[UUID, Sequence[Stretch]]
) -> None:
    """Enter what incidents taken over did not count, by their ids, in one statement."""
    entered = [
        Pause(
            id=uuid7(),
            incident_id=incident_id,
            customer_id=customer_id,
            reason=stretch.reason,
            from_at=stretch.from_at,
            until_at=stretch.until_at,
            author=author,
            version=1,
        )
        for incident_id, of_incident in stretches.items()
        for stretch in of_incident
    ]
    if entered:
        await insert_complete(session, entered)
