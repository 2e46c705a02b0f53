"""Families of incidents over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.families import actions
from services.incidents.families.schemas import SetParent
from services.incidents.incidents import queries
from services.incidents.incidents.presenting import incident_out, incidents_out
from services.incidents.incidents.schemas import IncidentOut
from shared.auth import needs
from shared.edge import By, Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])


@routes.put("/{incident_id}/parent", response_model=IncidentOut)
@needs(Permission.INCIDENTS_DISPATCH)
async def set_parent(incident_id: UUID, body: SetParent, by: By, response: Response, session: Session) -> Any:
    child = await actions.set_parent(session, incident_id=incident_id, parent_id=body.parent_id)
    return await incident_out(session, response, by, child)


@routes.delete("/{incident_id}/parent", response_model=IncidentOut)
@needs(Permission.INCIDENTS_DISPATCH)
async def leave_parent(incident_id: UUID, by: By, response: Response, session: Session) -> Any:
    return await incident_out(session, response, by, await actions.leave_parent(session, incident_id=incident_id))


@routes.get("/{incident_id}/children", response_model=list[IncidentOut])
@needs(Permission.INCIDENTS_READ)
async def children(incident_id: UUID, by: By, session: Session) -> Any:
    await queries.customer_of(session, incident_id)
    return await incidents_out(session, by, await queries.children_of(session, incident_id))
