"""Incidents and their clocks over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response

from services.incidents.clocks.queries import readings
from services.incidents.incidents import actions, queries
from services.incidents.incidents.domain import NEEDS, Severity, State
from services.incidents.incidents.models import Incident
from services.incidents.incidents.schemas import (
    AccountedClockOut,
    Acknowledge,
    Assign,
    Classify,
    Confirm,
    IncidentOut,
    ReportIncident,
    Resolve,
)
from shared.auth import Principal, needs
from shared.db import context
from shared.edge import By, Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["incidents"])

Reference = Annotated[UUID | str, Path(union_mode="left_to_right", description="The id, or the number.")]


@routes.post("", status_code=201, response_model=IncidentOut)
@needs(Permission.INCIDENTS_REPORT)
async def report_incident(body: ReportIncident, by: By, response: Response, session: Session) -> Any:
    shown = await actions.report_incident(session, by=by, **body.model_dump())
    tagged(response, shown.incident)
    return IncidentOut.of(shown, by)


@routes.get("", response_model=list[IncidentOut])
@needs(Permission.INCIDENTS_READ)
async def incidents(
    request: Request,
    response: Response,
    page: Paged,
    by: By,
    session: Session,
    state: State | None = None,
    severity: Severity | None = None,
    customer_id: UUID | None = None,
    source_number: Annotated[str | None, Query(description="Its number in the system it was taken over from.")] = None,
) -> Any:
    rows = await queries.incidents_page(
        session, page, state=state, severity=severity, customer_id=customer_id, source_number=source_number
    )
    return [IncidentOut.of(one, by) for one in await queries.shown(session, linked(request, response, page, rows))]


@routes.get("/{reference}", response_model=IncidentOut)
@needs(Permission.INCIDENTS_READ)
async def incident(reference: Reference, by: By, response: Response, session: Session) -> Any:
    return await _out(session, response, by, await queries.incident(session, reference))


@routes.get("/{incident_id}/clocks", response_model=list[AccountedClockOut])
@needs(Permission.INCIDENTS_READ)
async def clocks(incident_id: UUID, session: Session) -> Any:
    found = await queries.incident(session, incident_id)
    return (await readings(session, [found.id], context(session).now))[found.id]


@routes.post("/{incident_id}/acknowledge", response_model=IncidentOut)
@needs(NEEDS["acknowledge"])
async def acknowledge_incident(
    incident_id: UUID, body: Acknowledge, by: By, response: Response, session: Session
) -> Any:
    moved = await actions.acknowledge_incident(session, incident_id=incident_id, by=by)
    return await _out(session, response, by, moved)


@routes.post("/{incident_id}/classify", response_model=IncidentOut)
@needs(NEEDS["classify"])
async def classify_incident(incident_id: UUID, body: Classify, by: By, response: Response, session: Session) -> Any:
    moved = await actions.classify_incident(session, incident_id=incident_id, by=by, **body.model_dump())
    return await _out(session, response, by, moved)


@routes.post("/{incident_id}/assign", response_model=IncidentOut)
@needs(NEEDS["assign"])
async def assign_incident(incident_id: UUID, body: Assign, by: By, response: Response, session: Session) -> Any:
    moved = await actions.assign_incident(session, incident_id=incident_id, engineer_id=body.engineer_id)
    return await _out(session, response, by, moved)


@routes.post("/{incident_id}/resolve", response_model=IncidentOut)
@needs(NEEDS["resolve"])
async def resolve_incident(incident_id: UUID, body: Resolve, by: By, response: Response, session: Session) -> Any:
    moved = await actions.resolve_incident(session, incident_id=incident_id, solution=body.solution, by=by)
    return await _out(session, response, by, moved)


@routes.post("/{incident_id}/confirm", response_model=IncidentOut)
@needs(NEEDS["confirm"])
async def confirm_incident(incident_id: UUID, body: Confirm, by: By, response: Response, session: Session) -> Any:
    return await _out(session, response, by, await actions.confirm_incident(session, incident_id=incident_id, by=by))


async def _out(session: Session, response: Response, by: Principal, incident: Incident) -> IncidentOut:
    """The incident as this caller sees it after the change, with its version as ETag."""
    await session.flush()
    [shown] = await queries.shown(session, [tagged(response, incident)])
    return IncidentOut.of(shown, by)
