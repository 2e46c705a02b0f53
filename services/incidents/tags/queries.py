"""What can be asked about tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import customer_of
from services.incidents.tags.models import Tagging

MOST_SHOWN = 100


@dataclass(frozen=True)
class Used:
    """A tag, and how many incidents have it."""

    tag: str
    incidents: int


async def tags_of(session: AsyncSession, incident_id: UUID) -> list[str]:
    """Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    return [tagging.tag for tagging in await taggings_of(session, incident_id)]


async def taggings_of(session: AsyncSession, incident_id: UUID) -> Sequence[Tagging]:
    rows = select(Tagging).where(Tagging.incident_id == incident_id)
    return (await session.scalars(rows.order_by(Tagging.tag))).all()


async def most_used(session: AsyncSession) -> list[Used]:
    incidents = func.count()
    rows = select(Tagging.tag, incidents).group_by(Tagging.tag).order_by(incidents.desc(), Tagging.tag)
    return [Used(*row) for row in await session.execute(rows.limit(MOST_SHOWN))]
