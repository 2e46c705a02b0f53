"""Reservations over HTTP: read by staff and the customer they are for, moved by keeper, engineer and requester."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.inventory.reservations import actions, queries
from services.inventory.reservations.schemas import NoDetails, ReservationOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/reservations", tags=["reservations"])


@routes.get("", response_model=list[ReservationOut])
@needs(Permission.PARTS_READ)
async def reservations(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.reservations_page(session, page, incident_id))


@routes.get("/{reservation_id}", response_model=ReservationOut)
@needs(Permission.PARTS_READ)
async def reservation(reservation_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.reservation(session, reservation_id))


@routes.post("/{reservation_id}/issue", response_model=ReservationOut)
@needs(Permission.STOCK_BOOK)
async def issue(reservation_id: UUID, _: NoDetails, response: Response, session: Session) -> Any:
    return tagged(response, await actions.issue(session, reservation_id=reservation_id))


@routes.post("/{reservation_id}/use", response_model=ReservationOut)
@needs(Permission.PARTS_USE)
async def use(reservation_id: UUID, _: NoDetails, response: Response, session: Session) -> Any:
    return tagged(response, await actions.use(session, reservation_id=reservation_id))


@routes.post("/{reservation_id}/release", response_model=ReservationOut)
@needs(Permission.PARTS_REQUEST)
async def release(reservation_id: UUID, _: NoDetails, response: Response, session: Session) -> Any:
    return tagged(response, await actions.release(session, reservation_id=reservation_id))
