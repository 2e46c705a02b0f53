"""Incidents and their clocks over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from services.incidents.clocks.queries import readings
from services.incidents.incidents import actions, listing, queries
from services.incidents.incidents.domain import NEEDS
from services.incidents.incidents.filters import Filtered, Order, Ordered
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.schemas import (
    AccountedClockOut,
    Acknowledge,
    Assign,
    Begin,
    IncidentOut,
    Prioritise,
    ReportIncident,
)
from shared.auth import needs
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
    filters: Filtered,
    by: By,
    session: Session,
    order: Ordered = Order.NEWEST,
) -> Any:
    rows = await listing.incidents_page(session, page, filters, order)
    rows_shown = linked(request, response, page, rows, moment=lambda row: row.due_at)
    return [IncidentOut.of(one, by) for one in await queries.shown(session, [row.incident for row in rows_shown])]


@routes.get("/{reference}", response_model=IncidentOut)
@needs(Permission.INCIDENTS_READ)
async def incident(reference: Reference, by: By, response: Response, session: Session) -> Any:
    return await incident_out(session, response, by, await queries.incident(session, reference))


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
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/assign", response_model=IncidentOut)
@needs(NEEDS["assign"])
async def assign_incident(incident_id: UUID, body: Assign, by: By, response: Response, session: Session) -> Any:
    moved = await actions.assign_incident(session, incident_id=incident_id, **body.model_dump())
    return await incident_out(session, response, by, moved)


@routes.post("/{incident_id}/begin", response_model=IncidentOut)
@needs(NEEDS["begin"])
async def begin_work(incident_id: UUID, body: Begin, by: By, response: Response, session: Session) -> Any:
    return await incident_out(session, response, by, await actions.begin_work(session, incident_id=incident_id, by=by))


@routes.post("/{incident_id}/prioritise", response_model=IncidentOut)
@needs(NEEDS["prioritise"])
async def prioritise_incident(incident_id: UUID, body: Prioritise, by: By, response: Response, session: Session) -> Any:
    moved = await actions.prioritise_incident(session, incident_id=incident_id, **body.model_dump())
    return await incident_out(session, response, by, moved)
