"""What can be asked about messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.notify.messages.models import Message
from shared.paging import Page


async def messages_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Message]:
    found = select(Message).options(selectinload(Message.log))
    if incident_id is not None:
        found = found.where(Message.incident_id == incident_id)
    return (await session.scalars(page.of(found, Message.id))).all()


async def messages_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Message]:
    """What is to be tried now, urgent ones first, locked; what another transaction holds is passed over."""
    due = select(Message).where(Message.state == "waiting", Message.next_try_at <= now)
    due = due.order_by(Message.urgent.desc(), Message.next_try_at, Message.id).limit(limit)
    return (await session.scalars(due.with_for_update(skip_locked=True))).all()


async def locked_message(session: AsyncSession, message_id: UUID) -> Message:
    return (await session.scalars(select(Message).where(Message.id == message_id).with_for_update())).one()


async def next_due(session: AsyncSession) -> datetime | None:
    due: datetime | None = await session.scalar(select(func.min(Message.next_try_at)).where(Message.state == "waiting"))
    return due
