"""Stock over HTTP: booked in by the depot's keeper, read by staff, now or as of any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import AwareDatetime

from services.inventory.ledger import actions, queries
from services.inventory.ledger.schemas import MovementOut, Receive, StockOut
from shared.auth import needs
from shared.edge import Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["stock"])


@routes.post("/depots/{depot_id}/receipts", status_code=201, response_model=MovementOut)
@needs(Permission.STOCK_BOOK)
async def receive(depot_id: UUID, body: Receive, session: Session) -> Any:
    return await actions.receive(session, depot_id=depot_id, **body.model_dump())


@routes.get("/stock", response_model=list[StockOut])
@needs(Permission.STOCK_READ)
async def stock(
    request: Request,
    response: Response,
    page: Paged,
    session: Session,
    part_number: str | None = None,
    at: AwareDatetime | None = None,
) -> Any:
    return linked(request, response, page, await queries.stock_page(session, page, part_number, at))


@routes.get("/movements", response_model=list[MovementOut])
@needs(Permission.STOCK_READ)
async def movements(
    request: Request, response: Response, page: Paged, session: Session, part_number: str | None = None
) -> Any:
    return linked(request, response, page, await queries.movements_page(session, page, part_number))
