"""The catalogue over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.inventory.parts import actions, queries
from services.inventory.parts.schemas import AddPart, PartOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/parts", tags=["parts"])


@routes.post("", status_code=201, response_model=PartOut)
@needs(Permission.STOCK_WRITE)
async def add_part(body: AddPart, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_part(session, **body.model_dump()))


@routes.get("", response_model=list[PartOut])
@needs(Permission.STOCK_READ)
async def parts(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.parts_page(session, page))


@routes.get("/{part_id}", response_model=PartOut)
@needs(Permission.STOCK_READ)
async def part(part_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.part(session, part_id))
