"""Emergencies over HTTP; they are opened and closed by what happens to their incident."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.emergencies import queries
from services.escalation.emergencies.schemas import EmergencyOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/emergencies", tags=["emergencies"])


@routes.get("", response_model=list[EmergencyOut])
@needs(Permission.EMERGENCIES_READ)
async def emergencies(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.emergencies_page(session, page, incident_id))


@routes.get("/{emergency_id}", response_model=EmergencyOut)
@needs(Permission.EMERGENCIES_READ)
async def emergency(emergency_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.emergency(session, emergency_id))
