"""Depots over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.inventory.depots import actions, queries
from services.inventory.depots.schemas import DepotOut, OpenDepot
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/depots", tags=["depots"])


@routes.post("", status_code=201, response_model=DepotOut)
@needs(Permission.STOCK_WRITE)
async def open_depot(body: OpenDepot, response: Response, session: Session) -> Any:
    return tagged(response, await actions.open_depot(session, **body.model_dump()))


@routes.get("", response_model=list[DepotOut])
@needs(Permission.STOCK_READ)
async def depots(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.depots_page(session, page))


@routes.get("/{depot_id}", response_model=DepotOut)
@needs(Permission.STOCK_READ)
async def depot(depot_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.depot(session, depot_id))
