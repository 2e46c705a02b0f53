"""Noting milestones. Each counts from when it happened, not from when we heard of it; only the first one is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Kind, Wanted, aim
from services.incidents.copies import queries as copies
from services.incidents.incidents.domain import RESTORED
from services.incidents.incidents.queries import locked_incident


async def note_arrival(session: AsyncSession, *, incident_id: UUID, at: datetime) -> None:
    """An engineer is on site."""
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.arrived_at = incident.arrived_at or at
    await clocks.stop_clocks(session, incident_id, [Kind.ON_SITE], at)


async def note_plan_requested(session: AsyncSession, *, incident_id: UUID, activation_id: UUID, at: datetime) -> None:
    """A plan's activation was requested: that promise is kept, and from then on the decision is due.

    Not if we hear of it when service is restored: then there is no point in deciding.
    """
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.plan_requested_at = incident.plan_requested_at or at
    await clocks.stop_clocks(session, incident_id, [Kind.PLAN_REQUESTED], at)
    if incident.state in RESTORED:
        return
    terms = await copies.terms(session, incident.agreement_id)
    hit = bool(incident.key_business_ids)
    if promised := aim(terms, Kind.PLAN_DECIDED, incident.severity, hits_key_business=hit):
        wanted = Wanted(Kind.PLAN_DECIDED, at, promised, activation_id)
        await clocks.arm_clocks(session, incident.bearer, [wanted])


async def note_plan_decided(session: AsyncSession, *, incident_id: UUID, activation_id: UUID, at: datetime) -> None:
    """The leading group authorised or refused a request."""
    await locked_incident(session, incident_id, for_client=False)
    await clocks.stop_clocks(session, incident_id, [Kind.PLAN_DECIDED], at, activation_id=activation_id)


async def note_superior_told(session: AsyncSession, *, incident_id: UUID, at: datetime) -> None:
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.superior_told_at = incident.superior_told_at or at
    await clocks.stop_clocks(session, incident_id, [Kind.SUPERIOR_TOLD], at)
