"""What can be asked about comments. Whoever may not see internal ones finds none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.comments.domain import Visibility
from services.incidents.comments.models import Comment
from services.incidents.incidents.queries import customer_of, final_target, incident
from shared.db import context
from shared.paging import Page

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def comments_page(session: AsyncSession, page: Page, incident_id: UUID) -> Sequence[Comment]:
    """Newest first. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    rows = select(Comment).where(Comment.incident_id == incident_id)
    if not context(session).sees_internal:
        rows = rows.where(Comment.visibility == Visibility.PUBLIC)
    return (await session.scalars(page.of(rows, Comment.id))).all()


async def surviving_incident(session: AsyncSession, incident_id: UUID) -> Incident:
    """The incident, or the one it was merged into in the end. Raises IncidentNotFound."""
    found = await incident(session, incident_id)
    if found.merged_into_id is None:
        return found
    return await incident(session, await final_target(session, found.id))
