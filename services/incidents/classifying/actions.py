"""Classifying, also once more: the promises are those of the severity."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.actions import aim_clocks
from services.incidents.clocks.domain import Kind, aim
from services.incidents.copies import queries as copies
from services.incidents.incidents.actions import move_incident, note_incident, say
from services.incidents.incidents.domain import FaultClass, Severity
from services.incidents.milestones.actions import arm_beginnings
from services.incidents.milestones.queries import added_promises
from shared.auth import Principal
from shared.db import as_record, context
from shared.events.incidents import IncidentClassified

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def classify_incident(
    session: AsyncSession,
    *,
    incident_id: UUID,
    severity: Severity,
    fault_class: FaultClass,
    analysis: str,
    quickly_solvable: bool | None,
    by: Principal,
) -> Incident:
    """State what kind of fault it is and how severe. Promises are aimed at the severity's targets from their start."""
    incident = await move_incident(session, incident_id, "classify")
    before = as_record(incident, "severity", "fault_class", "key_business_ids")
    hits = await copies.hits(session, incident.customer_id, incident.asset_id)
    incident.severity, incident.fault_class = severity, fault_class
    incident.analysis, incident.quickly_solvable = analysis, quickly_solvable
    incident.key_business_ids = [hit.key_business_id for hit in hits]
    incident.classified_by, incident.classified_at = by.id, context(session).now
    say(session, incident, IncidentClassified)
    after = ("state", "severity", "fault_class", "key_business_ids")
    note_incident(
        session,
        incident,
        "classify",
        *after,
        before=before,
        information=as_record(incident, "analysis", "quickly_solvable"),
    )
    await _aim_at_severity(session, incident)
    return incident


async def _aim_at_severity(session: AsyncSession, incident: Incident) -> None:
    """A promise that the severity adds runs from the report; updates, and what an emergency needs, from now on; for a
    request of a plan or an engagement, from when it was made.

    One that an earlier severity made, and a later one did not, runs from its own start.
    """
    terms, hit = await copies.terms(session, incident.agreement_id), bool(incident.key_business_ids)
    aims = {kind.value: aim(terms, kind, incident.severity, hits_key_business=hit) for kind in Kind}
    await aim_clocks(session, incident.id, aims)
    for _, begun in await added_promises(session, [incident]):
        await arm_beginnings(session, incident, terms, begun)
