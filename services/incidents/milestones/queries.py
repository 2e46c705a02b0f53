"""What can be asked about milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.milestones.domain import Occasion
from services.incidents.milestones.models import OccasionRow


async def occasions_of(session: AsyncSession, incident_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Occasion]]:
    """What promises of several incidents could run for, whether they are made or not."""
    found: dict[UUID, list[Occasion]] = defaultdict(list)
    for row in await session.scalars(select(OccasionRow).where(OccasionRow.incident_id.in_(incident_ids))):
        found[row.incident_id].append(row.occasion)
    return found


async def occasion(session: AsyncSession, incident_id: UUID, kind: str, about_id: UUID) -> OccasionRow | None:
    return await session.get(OccasionRow, (incident_id, kind, about_id))
