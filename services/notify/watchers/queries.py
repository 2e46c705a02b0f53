"""What can be asked about watchers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.watchers.models import Watched


async def watchers_of(session: AsyncSession, incident_id: UUID) -> Sequence[UUID]:
    return await session.scalar(select(Watched.person_ids).where(Watched.id == incident_id)) or []
