"""What can be asked about emergencies."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.emergencies.models import Emergency
from shared.errors import NotFound
from shared.paging import Page


class EmergencyNotFound(NotFound):
    code = "emergency_not_found"
    en = "There is no emergency {emergency_id}."
    zh = "没有紧急事件 {emergency_id}。"


async def emergency(session: AsyncSession, emergency_id: UUID) -> Emergency:
    found = await session.get(Emergency, emergency_id)
    if found is None:
        raise EmergencyNotFound(emergency_id=emergency_id)
    return found


async def locked_emergency_of(session: AsyncSession, incident_id: UUID) -> Emergency | None:
    of_incident = select(Emergency).where(Emergency.incident_id == incident_id).with_for_update()
    found: Emergency | None = await session.scalar(of_incident)
    return found


async def locked_open_emergencies(session: AsyncSession, customer_id: UUID) -> Sequence[Emergency]:
    still_open = select(Emergency).where(Emergency.customer_id == customer_id, Emergency.state == "open")
    return (await session.scalars(still_open.order_by(Emergency.id).with_for_update())).all()


async def emergencies_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Emergency]:
    wanted = select(Emergency)
    if incident_id is not None:
        wanted = wanted.where(Emergency.incident_id == incident_id)
    return (await session.scalars(page.of(wanted, Emergency.id))).all()
