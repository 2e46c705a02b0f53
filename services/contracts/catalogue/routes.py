"""The catalogue over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from services.contracts.catalogue import actions, queries
from services.contracts.catalogue.schemas import ChangeItem, ItemOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/catalogue", tags=["contracts"])


@routes.get("", response_model=list[ItemOut])
@needs(Permission.CONTRACTS_READ)
async def items(session: Session) -> Any:
    return await queries.items(session)


@routes.get("/{code}", response_model=ItemOut)
@needs(Permission.CONTRACTS_READ)
async def item(code: str, response: Response, session: Session) -> Any:
    return tagged(response, await queries.item(session, code))


@routes.patch("/{code}", response_model=ItemOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_item(code: str, body: ChangeItem, response: Response, session: Session) -> Any:
    return tagged(response, await actions.change_item(session, code=code, changes=body.changes()))
