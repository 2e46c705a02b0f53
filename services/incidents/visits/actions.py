"""Planning visits and carrying them out. Arrival keeps the promise to be on site."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies.queries import engineer
from services.incidents.incidents import domain as incidents
from services.incidents.incidents.queries import incident, locked_incident
from services.incidents.milestones.actions import note_arrival
from services.incidents.visits import domain, queries
from services.incidents.visits.models import Visit
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.errors import Forbidden
from shared.events import Event
from shared.events.incidents import (
    VisitArrived,
    VisitCancelled,
    VisitCompleted,
    VisitDeparted,
    VisitPlanned,
    VisitTakenUp,
)
from shared.moves import Moves, moved
from shared.outbox import emit
from shared.zones import utc

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


class NotYourVisit(Forbidden):
    code = "not_your_visit"
    en = "Only the engineer who makes the visit can record it."
    zh = "只有执行上门服务的工程师本人才能记录。"


async def plan_visit(
    session: AsyncSession, *, incident_id: UUID, engineer_id: UUID, planned_at: datetime, service_item: str
) -> Visit:
    """Send an engineer while service is not restored. Raises VisitInThePast, IllegalMove, EngineerNotFound."""
    domain.require_to_come(planned_at, context(session).now)
    incident = await locked_incident(session, incident_id, for_client=False)
    incidents.moved(incident.state, "plan_visit")
    sent = await engineer(session, engineer_id)
    visit = Visit(
        customer_id=incident.customer_id,
        incident_id=incident.id,
        number=incident.number,
        site_id=incident.site_id,
        engineer_id=sent.id,
        engineer_name=sent.name_zh,
        planned_at=utc(planned_at),
        service_item=service_item,
    )
    session.add(visit)
    await session.flush()
    _say(session, visit, VisitPlanned)
    _note(session, visit, "plan_visit", "incident_id", "engineer_id", "planned_at", "service_item")
    return visit


async def depart(session: AsyncSession, *, visit_id: UUID, by: Principal) -> Visit:
    visit = await _moved(session, visit_id, "depart", by)
    visit.departed_at = context(session).now
    _say(session, visit, VisitDeparted)
    _note(session, visit, "depart", "state")
    return visit


async def arrive(session: AsyncSession, *, visit_id: UUID, by: Principal) -> Visit:
    visit = await _moved(session, visit_id, "arrive", by)
    visit.arrived_at = context(session).now
    _say(session, visit, VisitArrived)
    _note(session, visit, "arrive", "state")
    await note_arrival(session, incident_id=visit.incident_id, at=visit.arrived_at)
    return visit


async def complete(
    session: AsyncSession, *, visit_id: UUID, service_record: str, signed_by: str, by: Principal
) -> Visit:
    """The work on site is done: what was done, and who signed for the customer."""
    visit = await _moved(session, visit_id, "complete", by)
    visit.completed_at = context(session).now
    visit.service_record, visit.signed_by = service_record, signed_by
    covering = (await incident(session, visit.incident_id)).contract_number
    _say(session, visit, VisitCompleted, contract_number=covering)
    _note(session, visit, "complete", "state", "service_record", "signed_by")
    return visit


async def cancel_visits(session: AsyncSession, incident: Incident) -> None:
    """The incident is over (its state says how): nobody needs to go there any more."""
    for visit in await queries.locked_visits(session, incident.id, domain.TO_COME):
        _move(visit, domain.WITH_INCIDENT, "cancel")
        visit.departed_at, visit.cancelled_at = None, context(session).now
        _say(session, visit, VisitCancelled, outcome=incident.state)
        _note(session, visit, "cancel", "state", "cancelled_at")


async def take_up_visits(session: AsyncSession, incident: Incident) -> None:
    """The incident is taken up again: what is still to come holds again; what would be over by now is planned anew."""
    now = context(session).now
    for visit in await queries.locked_visits(session, incident.id, (domain.State.CANCELLED,)):
        if visit.planned_at > now:
            _move(visit, domain.WITH_INCIDENT, "take_up")
            visit.cancelled_at = None
            _say(session, visit, VisitTakenUp, taken_up_at=now)
            _note(session, visit, "take_up", "state")


async def _moved(session: AsyncSession, visit_id: UUID, move: str, by: Principal) -> Visit:
    """Locked after its incident, as whatever ends the incident does."""
    await locked_incident(session, (await queries.visit(session, visit_id)).incident_id, for_client=False)
    visit = await queries.locked_visit(session, visit_id)
    if by.id != visit.engineer_id:
        raise NotYourVisit()
    _move(visit, domain.MOVES, move)
    return visit


def _move(visit: Visit, moves: Moves, move: str) -> None:
    visit.state = moved(moves, visit.state, move)
    visit.version += 1


def _say(session: AsyncSession, visit: Visit, fact: type[Event], **more: Any) -> None:
    own: dict[str, Any] = {name: getattr(visit, name) for name in fact.model_fields if hasattr(visit, name)}
    emit(session, fact(**own, **more, visit_id=visit.id))


def _note(session: AsyncSession, visit: Visit, action: str, *fields: str) -> None:
    note(session, visit.id, action, after=as_record(visit, *fields), customer_id=visit.customer_id)
