"""What can be asked about attachments. Whoever may not see internal ones finds none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.attachments.models import Attachment
from services.incidents.comments.domain import Visibility
from services.incidents.incidents.queries import customer_of
from shared.db import context
from shared.errors import NotFound


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"
    en = "There is no attachment {attachment_id}."
    zh = "没有附件 {attachment_id}。"


async def attachments_of(session: AsyncSession, incident_id: UUID) -> Sequence[Attachment]:
    """Oldest first, without those withdrawn. Raises IncidentNotFound."""
    await customer_of(session, incident_id)
    rows = _seen(session).where(Attachment.incident_id == incident_id)
    return (await session.scalars(rows.order_by(Attachment.id))).all()


async def attachment(session: AsyncSession, attachment_id: UUID, *, lock: bool = False) -> Attachment:
    """Raises AttachmentNotFound, also for one that was withdrawn or is not for this caller."""
    row = _seen(session).where(Attachment.id == attachment_id)
    found = (await session.scalars(row.with_for_update() if lock else row)).one_or_none()
    if found is None:
        raise AttachmentNotFound(attachment_id=attachment_id)
    return found


async def wanted_contents(session: AsyncSession, contents: Collection[str]) -> set[str]:
    """Which of these contents (by SHA-256) an attachment has."""
    rows = select(Attachment.sha256).where(Attachment.sha256.in_(contents), Attachment.withdrawn_at.is_(None))
    return set(await session.scalars(rows))


def _seen(session: AsyncSession) -> Select[Attachment]:
    rows = select(Attachment).where(Attachment.withdrawn_at.is_(None))
    if not context(session).sees_internal:
        rows = rows.where(Attachment.visibility == Visibility.PUBLIC)
    return rows
