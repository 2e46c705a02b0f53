"""Pauses over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Response

from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.queries import customer_of
from services.incidents.incidents.schemas import IncidentOut
from services.incidents.pauses import queries
from services.incidents.pauses.domain import Reason
from services.incidents.waiting import actions
from services.incidents.waiting.schemas import DisputePause, PauseIncident, PauseOut, ResumeIncident, SettlePause
from shared.auth import needs
from shared.db import context
from shared.edge import By, Session, router, tagged
from shared.permissions import Permission

if TYPE_CHECKING:
    from services.incidents.pauses.models import Pause

routes = router("/v1", tags=["incidents"])


@routes.post("/incidents/{incident_id}/pause", response_model=IncidentOut)
@needs(NEEDS["pause"])
async def pause_incident(incident_id: UUID, body: PauseIncident, by: By, response: Response, session: Session) -> Any:
    paused = await actions.pause_incident(
        session, incident_id=incident_id, reason=Reason(body.reason), evidence=body.evidence, until=body.until
    )
    return await incident_out(session, response, by, paused)


@routes.post("/incidents/{incident_id}/resume", response_model=IncidentOut)
@needs(NEEDS["resume"])
async def resume_incident(incident_id: UUID, body: ResumeIncident, by: By, response: Response, session: Session) -> Any:
    return await incident_out(session, response, by, await actions.resume_incident(session, incident_id=incident_id))


@routes.get("/incidents/{incident_id}/pauses", response_model=list[PauseOut])
@needs(Permission.INCIDENTS_READ)
async def pauses(incident_id: UUID, session: Session) -> Any:
    await customer_of(session, incident_id)
    return [PauseOut.of(pause, context(session).now) for pause in await queries.pauses_of(session, incident_id)]


@routes.get("/pauses/{pause_id}", response_model=PauseOut)
@needs(Permission.INCIDENTS_READ)
async def pause(pause_id: UUID, response: Response, session: Session) -> Any:
    return _out(session, response, await queries.pause(session, pause_id))


@routes.post("/pauses/{pause_id}/dispute", response_model=PauseOut)
@needs(Permission.INCIDENTS_CONFIRM)
async def dispute_pause(pause_id: UUID, body: DisputePause, by: By, response: Response, session: Session) -> Any:
    disputed = await actions.dispute_pause(session, pause_id=pause_id, dispute=body.dispute, by=by)
    return _out(session, response, disputed)


@routes.post("/pauses/{pause_id}/settle", response_model=PauseOut)
@needs(Permission.PAUSES_SETTLE)
async def settle_pause(pause_id: UUID, body: SettlePause, by: By, response: Response, session: Session) -> Any:
    settled = await actions.settle_pause(session, pause_id=pause_id, by=by, **body.model_dump())
    return _out(session, response, settled)


def _out(session: Session, response: Response, pause: Pause) -> PauseOut:
    return PauseOut.of(tagged(response, pause), context(session).now)
