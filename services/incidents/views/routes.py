"""Saved views over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.views import actions, queries
from services.incidents.views.schemas import ChangeView, SaveView, ViewOut
from shared.auth import needs
from shared.edge import By, Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/views", tags=["views"])


@routes.post("", status_code=201, response_model=ViewOut)
@needs(Permission.INCIDENTS_READ)
async def save_view(body: SaveView, by: By, response: Response, session: Session) -> Any:
    return tagged(response, await actions.save_view(session, by=by, **body.model_dump()))


@routes.get("", response_model=list[ViewOut])
@needs(Permission.INCIDENTS_READ)
async def views(by: By, session: Session) -> Any:
    return await queries.views_of(session, by)


@routes.get("/{view_id}", response_model=ViewOut)
@needs(Permission.INCIDENTS_READ)
async def view(view_id: UUID, by: By, response: Response, session: Session) -> Any:
    return tagged(response, await queries.view(session, view_id, by))


@routes.patch("/{view_id}", response_model=ViewOut)
@needs(Permission.INCIDENTS_READ)
async def change_view(view_id: UUID, body: ChangeView, by: By, response: Response, session: Session) -> Any:
    changes = body.model_dump(exclude_none=True)
    return tagged(response, await actions.change_view(session, view_id=view_id, by=by, **changes))


@routes.delete("/{view_id}", status_code=204)
@needs(Permission.INCIDENTS_READ)
async def delete_view(view_id: UUID, by: By, session: Session) -> None:
    await actions.delete_view(session, view_id=view_id, by=by)
