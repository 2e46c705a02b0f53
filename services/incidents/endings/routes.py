"""How an incident ends, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.endings import actions
from services.incidents.endings.schemas import Cancel, Confirm, Refuse, Reopen, Resolve
from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.schemas import IncidentOut
from shared.auth import needs
from shared.edge import By, Session, router

routes = router("/v1/incidents", tags=["incidents"])


@routes.post("/{incident_id}/resolve", response_model=IncidentOut)
@needs(NEEDS["resolve"])
async def resolve_incident(incident_id: UUID, body: Resolve, by: By, response: Response, session: Session) -> Any:
    moved = await actions.resolve_incident(session, incident_id=incident_id, by=by, **body.model_dump())
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/confirm", response_model=IncidentOut)
@needs(NEEDS["confirm"])
async def confirm_incident(incident_id: UUID, body: Confirm, by: By, response: Response, session: Session) -> Any:
    moved = await actions.confirm_incident(session, incident_id=incident_id, by=by)
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/refuse", response_model=IncidentOut)
@needs(NEEDS["refuse"])
async def refuse_solution(incident_id: UUID, body: Refuse, by: By, response: Response, session: Session) -> Any:
    moved = await actions.refuse_solution(session, incident_id=incident_id, reason=body.reason, by=by)
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/reopen", response_model=IncidentOut)
@needs(NEEDS["reopen"])
async def reopen_incident(incident_id: UUID, body: Reopen, by: By, response: Response, session: Session) -> Any:
    moved = await actions.reopen_incident(session, incident_id=incident_id, reason=body.reason)
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/cancel", response_model=IncidentOut)
@needs(NEEDS["cancel"])
async def cancel_incident(incident_id: UUID, body: Cancel, by: By, response: Response, session: Session) -> Any:
    moved = await actions.cancel_incident(session, incident_id=incident_id, reason=body.reason)
    return await incident_out(session, response, by, moved)
