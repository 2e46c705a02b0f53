"""Related incidents over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.queries import customer_of
from services.incidents.incidents.schemas import IncidentOut, Line
from services.incidents.relations import actions
from services.incidents.relations.queries import related_to
from services.incidents.relations.schemas import Relate, RelatedOut
from shared.auth import needs
from shared.edge import By, Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])

Reason = Annotated[Line, Query(description="Why they have nothing to do with each other after all.")]


@routes.put("/{incident_id}/related/{other_id}", response_model=IncidentOut)
@needs(Permission.INCIDENTS_DISPATCH)
async def relate_incidents(
    incident_id: UUID, other_id: UUID, body: Relate, by: By, response: Response, session: Session
) -> Any:
    related = await actions.relate_incidents(session, incident_id=incident_id, other_id=other_id, reason=body.reason)
    return await incident_out(session, response, by, related)


@routes.delete("/{incident_id}/related/{other_id}", response_model=IncidentOut)
@needs(Permission.INCIDENTS_DISPATCH)
async def unrelate_incidents(
    incident_id: UUID, other_id: UUID, reason: Reason, by: By, response: Response, session: Session
) -> Any:
    parted = await actions.unrelate_incidents(session, incident_id=incident_id, other_id=other_id, reason=reason)
    return await incident_out(session, response, by, parted)


@routes.get("/{incident_id}/related", response_model=list[RelatedOut])
@needs(Permission.INCIDENTS_READ)
async def related(incident_id: UUID, session: Session) -> Any:
    await customer_of(session, incident_id)
    return [RelatedOut.of(each) for each in await related_to(session, incident_id)]
