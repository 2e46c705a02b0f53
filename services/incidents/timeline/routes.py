"""The timeline over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.incidents.timeline import queries
from services.incidents.timeline.schemas import EntryOut
from shared.auth import needs
from shared.edge import Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])


@routes.get("/{incident_id}/timeline", response_model=list[EntryOut])
@needs(Permission.INCIDENTS_READ)
async def timeline(incident_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.timeline(session, page, incident_id))
