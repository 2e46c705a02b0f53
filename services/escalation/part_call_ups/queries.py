"""What can be asked about parts called up."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.part_call_ups.domain import CALLED_UP
from services.escalation.part_call_ups.models import PartCallUp
from shared.errors import NotFound
from shared.paging import Page


class PartCallUpNotFound(NotFound):
    code = "part_call_up_not_found"
    en = "There is no parts call-up {call_up_id}."
    zh = "没有备件调用 {call_up_id}。"


class ReservationNotFound(NotFound):
    code = "reservation_not_found"
    en = "There is no reservation {reservation_id}."
    zh = "没有备件预留记录 {reservation_id}。"


async def locked_call_up(session: AsyncSession, call_up_id: UUID) -> PartCallUp:
    found = await session.get(PartCallUp, call_up_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise PartCallUpNotFound(call_up_id=call_up_id)
    return found


async def locked_call_up_of(session: AsyncSession, incident_id: UUID, reservation_id: UUID) -> PartCallUp:
    """The call-up of the incident that the reservation answers. Raises ReservationNotFound."""
    answered = select(PartCallUp).where(
        PartCallUp.incident_id == incident_id, PartCallUp.reservation_id == reservation_id
    )
    found: PartCallUp | None = await session.scalar(answered.with_for_update())
    if found is None:
        raise ReservationNotFound(reservation_id=reservation_id)
    return found


async def locked_unanswered(session: AsyncSession, incident_id: UUID) -> Sequence[PartCallUp]:
    """The incident's call-ups that the store has not answered, locked."""
    open_ones = select(PartCallUp).where(PartCallUp.incident_id == incident_id, PartCallUp.state == CALLED_UP)
    return (await session.scalars(open_ones.order_by(PartCallUp.id).with_for_update())).all()


async def call_ups_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[PartCallUp]:
    wanted = select(PartCallUp)
    if incident_id is not None:
        wanted = wanted.where(PartCallUp.incident_id == incident_id)
    return (await session.scalars(page.of(wanted, PartCallUp.id))).all()
