"""Comments over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.incidents.comments import actions, queries
from services.incidents.comments.schemas import AddComment, CommentOut
from shared.auth import needs
from shared.edge import By, Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["comments"])


@routes.post("/{incident_id}/comments", status_code=201, response_model=CommentOut)
@needs(Permission.INCIDENTS_DISCUSS)
async def add_comment(incident_id: UUID, body: AddComment, by: By, session: Session) -> Any:
    return await actions.add_comment(session, incident_id=incident_id, by=by, **body.model_dump())


@routes.get("/{incident_id}/comments", response_model=list[CommentOut])
@needs(Permission.INCIDENTS_READ)
async def comments(incident_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.comments_page(session, page, incident_id))
