"""What can be asked about reservations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.reservations.models import Reservation
from shared.db import check_version
from shared.errors import NotFound
from shared.paging import Page


class ReservationNotFound(NotFound):
    code = "reservation_not_found"
    en = "There is no reservation {reservation_id}."
    zh = "没有备件预留记录 {reservation_id}。"


async def reservation(session: AsyncSession, reservation_id: UUID) -> Reservation:
    found = await session.get(Reservation, reservation_id)
    if found is None:
        raise ReservationNotFound(reservation_id=reservation_id)
    return found


async def locked_reservation(session: AsyncSession, reservation_id: UUID) -> Reservation:
    """The reservation under its row lock, at the version the client expects."""
    found = await session.get(Reservation, reservation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ReservationNotFound(reservation_id=reservation_id)
    check_version(session, found.version)
    return found


async def reservations_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Reservation]:
    reservations = select(Reservation)
    if incident_id is not None:
        reservations = reservations.where(Reservation.incident_id == incident_id)
    return (await session.scalars(page.of(reservations, Reservation.id))).all()
