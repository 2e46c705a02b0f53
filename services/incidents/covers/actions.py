"""Deciding about an incident that no agreement covers, and taking up the promises of one that is covered after all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import ENDED_BY_RESOLUTION, Kind
from services.incidents.copies.domain import Terms
from services.incidents.covers import domain
from services.incidents.endings.actions import arm_closes
from services.incidents.incidents.actions import note_incident, say
from services.incidents.incidents.domain import Cover, priority
from services.incidents.incidents.queries import locked_incident
from services.incidents.milestones.actions import arm_beginnings
from services.incidents.milestones.domain import beginnings
from services.incidents.milestones.queries import occasions_of
from shared.auth import Principal
from shared.events.incidents import CoverDecided, CoverFound

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def decide_cover(
    session: AsyncSession, *, incident_id: UUID, cover: Cover, reason: str, by: Principal
) -> Incident:
    """Work on it as goodwill, or decline it. Raises IncidentCovered, CoverAlreadyDecided."""
    incident = await locked_incident(session, incident_id)
    domain.require_undecided(incident.cover)
    incident.cover = cover
    incident.version += 1
    say(session, incident, CoverDecided, reason_given=reason, decided_by=by.id)
    note_incident(session, incident, "decide_cover", "cover", information={"reason": reason})
    return incident


async def find_cover(session: AsyncSession, incident: Incident, terms: Terms) -> None:
    """An agreement that was in force at the report arrived. Call with the incident locked.

    Its promises run from the report, as if it had been known then; what was done meanwhile keeps them or not.
    """
    incident.covered, incident.cover = True, None
    incident.agreement_id, incident.contract_number = terms.agreement_id, terms.contract_number
    incident.priority = priority(incident.impact, incident.urgency, terms.priorities)
    incident.version += 1
    await session.flush()
    say(session, incident, CoverFound)
    note_incident(session, incident, "find_cover", "covered", "agreement_id", "priority")
    occasions = (await occasions_of(session, [incident.id]))[incident.id]
    restored_at = incident.resolved_at
    before = [each for each in occasions if restored_at is None or each.from_at < restored_at]
    begun = beginnings(incident.reported_at, incident.classified_at, before)
    await arm_beginnings(session, incident, terms, begun)
    if restored_at is not None:
        await clocks.stop_clocks(session, [incident.id], [Kind.RESPOND, Kind.RESOLVE], restored_at)
        await clocks.drop_clocks(session, [incident.id], ENDED_BY_RESOLUTION, restored_at)
        await arm_closes(session, [incident])
