"""What can be asked about teams."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.teams.domain import Holder
from services.incidents.teams.models import Segment


async def holders(session: AsyncSession, incident_id: UUID) -> list[Holder]:
    """Who held the incident after the desk, by time."""
    rows = select(Segment).where(Segment.incident_id == incident_id).order_by(Segment.from_at, Segment.id)
    return [Holder(row.from_at, row.team, row.engineer_id) for row in await session.scalars(rows)]
