"""Classifying over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.classifying import actions
from services.incidents.classifying.schemas import Classify
from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.schemas import IncidentOut
from shared.auth import needs
from shared.edge import By, Session, router

routes = router("/v1/incidents", tags=["incidents"])


@routes.post("/{incident_id}/classify", response_model=IncidentOut)
@needs(NEEDS["classify"])
async def classify_incident(incident_id: UUID, body: Classify, by: By, response: Response, session: Session) -> Any:
    moved = await actions.classify_incident(session, incident_id=incident_id, by=by, **body.model_dump())
    return await incident_out(session, response, by, moved)
