"""Messages over HTTP: what was told to whom, and how each try ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.notify.messages import queries
from services.notify.messages.schemas import MessageOut
from shared.auth import needs
from shared.edge import Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/messages", tags=["messages"])


@routes.get("", response_model=list[MessageOut])
@needs(Permission.MESSAGES_READ)
async def messages(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.messages_page(session, page, incident_id))
