"""Merging over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.incidents import queries
from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.presenting import incident_out, incidents_out
from services.incidents.incidents.schemas import IncidentOut
from services.incidents.merging import actions
from services.incidents.merging.schemas import Merge, Unmerge
from shared.auth import needs
from shared.edge import By, Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])


@routes.post("/{incident_id}/merge", response_model=IncidentOut)
@needs(NEEDS["merge"])
async def merge_incident(incident_id: UUID, body: Merge, by: By, response: Response, session: Session) -> Any:
    merged = await actions.merge_incident(session, incident_id=incident_id, **body.model_dump())
    return await incident_out(session, response, by, merged)


@routes.post("/{incident_id}/unmerge", response_model=IncidentOut)
@needs(NEEDS["unmerge"])
async def unmerge_incident(incident_id: UUID, body: Unmerge, by: By, response: Response, session: Session) -> Any:
    unmerged = await actions.unmerge_incident(session, incident_id=incident_id, reason=body.reason)
    return await incident_out(session, response, by, unmerged)


@routes.get("/{incident_id}/merged", response_model=list[IncidentOut])
@needs(Permission.INCIDENTS_READ)
async def merged(incident_id: UUID, by: By, session: Session) -> Any:
    await queries.customer_of(session, incident_id)
    return await incidents_out(session, by, await queries.merged_into(session, incident_id))
