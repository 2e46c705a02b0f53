"""API keys over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.gateway.keys import actions, queries
from services.gateway.keys.schemas import AddedKeyOut, AddKey, KeyOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/keys", tags=["keys"])


@routes.post("", status_code=201, response_model=AddedKeyOut)
@needs(Permission.KEYS_WRITE)
async def add_key(body: AddKey, response: Response, session: Session) -> Any:
    key, secret = await actions.add_key(session, **body.model_dump())
    response.headers["Cache-Control"] = "no-store"
    tagged(response, key)
    return AddedKeyOut(**KeyOut.model_validate(key).model_dump(), key=secret)


@routes.get("", response_model=list[KeyOut])
@needs(Permission.KEYS_WRITE)
async def keys(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.keys_page(session, page))


@routes.get("/{key_id}", response_model=KeyOut)
@needs(Permission.KEYS_WRITE)
async def key(key_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.key(session, key_id))


@routes.delete("/{key_id}", status_code=204)
@needs(Permission.KEYS_WRITE)
async def revoke_key(key_id: UUID, session: Session) -> None:
    await actions.revoke_key(session, key_id=key_id)
