"""Deciding about cover over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.covers import actions
from services.incidents.covers.schemas import DecideCover
from services.incidents.incidents.domain import Cover
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.schemas import IncidentOut
from shared.auth import needs
from shared.edge import By, Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])


@routes.post("/{incident_id}/decide-cover", response_model=IncidentOut)
@needs(Permission.COVER_DECIDE)
async def decide_cover(incident_id: UUID, body: DecideCover, by: By, response: Response, session: Session) -> Any:
    decided = await actions.decide_cover(
        session, incident_id=incident_id, cover=Cover(body.cover), reason=body.reason, by=by
    )
    return await incident_out(session, response, by, decided)
