"""Visits over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.queries import incident
from services.incidents.visits import actions, queries
from services.incidents.visits.schemas import Arrive, Complete, Depart, PlanVisit, VisitOut
from shared.auth import needs
from shared.edge import By, Session, router, tagged
from shared.permissions import Permission

routes = router("/v1", tags=["visits"])


@routes.post("/incidents/{incident_id}/visits", status_code=201, response_model=VisitOut)
@needs(NEEDS["plan_visit"])
async def plan_visit(incident_id: UUID, body: PlanVisit, response: Response, session: Session) -> Any:
    return tagged(response, await actions.plan_visit(session, incident_id=incident_id, **body.model_dump()))


@routes.get("/incidents/{incident_id}/visits", response_model=list[VisitOut])
@needs(Permission.INCIDENTS_READ)
async def visits(incident_id: UUID, session: Session) -> Any:
    return await queries.visits_of(session, (await incident(session, incident_id)).id)


@routes.get("/visits/{visit_id}", response_model=VisitOut)
@needs(Permission.INCIDENTS_READ)
async def visit(visit_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.visit(session, visit_id))


@routes.post("/visits/{visit_id}/depart", response_model=VisitOut)
@needs(Permission.VISITS_WORK)
async def depart(visit_id: UUID, body: Depart, by: By, response: Response, session: Session) -> Any:
    return tagged(response, await actions.depart(session, visit_id=visit_id, by=by))


@routes.post("/visits/{visit_id}/arrive", response_model=VisitOut)
@needs(Permission.VISITS_WORK)
async def arrive(visit_id: UUID, body: Arrive, by: By, response: Response, session: Session) -> Any:
    return tagged(response, await actions.arrive(session, visit_id=visit_id, by=by))


@routes.post("/visits/{visit_id}/complete", response_model=VisitOut)
@needs(Permission.VISITS_WORK)
async def complete(visit_id: UUID, body: Complete, by: By, response: Response, session: Session) -> Any:
    return tagged(response, await actions.complete(session, visit_id=visit_id, by=by, **body.model_dump()))
