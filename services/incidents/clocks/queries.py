"""What can be asked about clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.domain import Reading
from services.incidents.clocks.models import Clock


async def readings(
    session: AsyncSession, incident_ids: Collection[UUID], now: datetime
) -> dict[UUID, tuple[Reading, ...]]:
    """The clocks of several incidents as they stand, in the order they were armed, in one statement."""
    rows = await session.scalars(select(Clock).where(Clock.incident_id.in_(incident_ids)).order_by(Clock.id))
    found: dict[UUID, list[Reading]] = defaultdict(list)
    for clock in rows:
        found[clock.incident_id].append(clock.reading(now))
    return {incident_id: tuple(found[incident_id]) for incident_id in incident_ids}


async def clocks_of(session: AsyncSession, incident_id: UUID) -> Sequence[Clock]:
    return (await session.scalars(select(Clock).where(Clock.incident_id == incident_id).order_by(Clock.id))).all()


async def locked_clocks(session: AsyncSession, clock_ids: Collection[UUID]) -> Sequence[Clock]:
    """The clocks under their row locks, as they are once the locks are held."""
    rows = select(Clock).where(Clock.id.in_(clock_ids)).order_by(Clock.id)
    return (await session.scalars(rows.with_for_update().execution_options(populate_existing=True))).all()
