"""Noting milestones. Each counts from when it happened, not from when we heard of it; only the first one is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Kind, Wanted, aim
from services.incidents.copies import queries as copies
from services.incidents.incidents.domain import UNRESTORED
from services.incidents.incidents.queries import locked_incident
from services.incidents.pauses.queries import stretches_of

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


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
    if incident.state not in UNRESTORED:
        return
    await _promise(session, incident, Kind.PLAN_DECIDED, at, activation_id)


async def note_plan_decided(session: AsyncSession, *, incident_id: UUID, activation_id: UUID, at: datetime) -> None:
    """The leading group authorised or refused a request."""
    await locked_incident(session, incident_id, for_client=False)
    await clocks.stop_clocks(session, incident_id, [Kind.PLAN_DECIDED], at, about_id=activation_id)


async def note_superior_told(session: AsyncSession, *, incident_id: UUID, at: datetime) -> None:
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.superior_told_at = incident.superior_told_at or at
    await clocks.stop_clocks(session, incident_id, [Kind.SUPERIOR_TOLD], at)


async def note_update(session: AsyncSession, *, incident_id: UUID, update_id: UUID, at: datetime) -> None:
    """The customer was told how it stands (`update_id`: by what): the next update is owed from now on."""
    incident = await locked_incident(session, incident_id, for_client=False)
    await clocks.stop_clocks(session, incident_id, [Kind.NEXT_UPDATE], at)
    if incident.state in UNRESTORED:
        await _promise(session, incident, Kind.NEXT_UPDATE, at, update_id)


async def note_engaged(session: AsyncSession, *, incident_id: UUID, engagement_id: UUID, at: datetime) -> None:
    """An external party was engaged: from now on its own clock runs, until it is done."""
    incident = await locked_incident(session, incident_id, for_client=False)
    if incident.state in UNRESTORED:
        await _promise(session, incident, Kind.VENDOR, at, engagement_id)


async def note_engagement_done(session: AsyncSession, *, incident_id: UUID, engagement_id: UUID, at: datetime) -> None:
    await locked_incident(session, incident_id, for_client=False)
    await clocks.stop_clocks(session, incident_id, [Kind.VENDOR], at, about_id=engagement_id)


async def _promise(session: AsyncSession, incident: Incident, kind: Kind, at: datetime, about_id: UUID) -> None:
    """Start one of a kind of which an incident may have several, if the agreement promises it."""
    terms = await copies.terms(session, incident.agreement_id)
    promised = aim(terms, kind, incident.severity, hits_key_business=bool(incident.key_business_ids))
    if promised:
        stretches = (await stretches_of(session, [incident.id]))[incident.id]
        await clocks.arm_clocks(session, incident.bearer, [Wanted(kind, at, promised, about_id)], stretches)
