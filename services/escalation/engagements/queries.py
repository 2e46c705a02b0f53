"""What can be asked about engagements."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.engagements.models import Engagement
from shared.errors import NotFound
from shared.paging import Page


class EngagementNotFound(NotFound):
    code = "engagement_not_found"
    en = "There is no engagement {engagement_id}."
    zh = "没有外部支持记录 {engagement_id}。"


async def engagement(session: AsyncSession, engagement_id: UUID) -> Engagement:
    found = await session.get(Engagement, engagement_id)
    if found is None:
        raise EngagementNotFound(engagement_id=engagement_id)
    return found


async def locked_engagement(session: AsyncSession, engagement_id: UUID) -> Engagement:
    found = await session.get(Engagement, engagement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise EngagementNotFound(engagement_id=engagement_id)
    return found


async def engagements_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Engagement]:
    wanted = select(Engagement)
    if incident_id is not None:
        wanted = wanted.where(Engagement.incident_id == incident_id)
    return (await session.scalars(page.of(wanted, Engagement.id))).all()
