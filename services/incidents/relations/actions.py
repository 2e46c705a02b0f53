"""Saying that two incidents have to do with each other, and taking that back. Each keeps its own life and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.actions import note_incident, say
from services.incidents.incidents.queries import locked_pair
from services.incidents.relations import domain, queries
from services.incidents.relations.models import Relation
from shared.db import context
from shared.events.incidents import RelationChanged

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def relate_incidents(session: AsyncSession, *, incident_id: UUID, other_id: UUID, reason: str) -> Incident:
    """Whatever state they are in. Raises IncidentNotFound for another customer's, RelatedToItself, AlreadyRelated."""
    if incident_id == other_id:
        raise domain.RelatedToItself()
    incident, other = await locked_pair(session, incident_id, other_id)
    if await queries.relation(session, incident_id, other_id):
        raise domain.AlreadyRelated(other=other.number)
    first, second = sorted((incident_id, other_id))
    session.add(
        Relation(
            customer_id=incident.customer_id,
            one_id=first,
            other_id=second,
            reason=reason,
            related_by=context(session).actor,
            related_at=context(session).now,
        )
    )
    _tell_both(session, incident, other, domain.Outcome.RELATED, reason)
    return incident


async def unrelate_incidents(session: AsyncSession, *, incident_id: UUID, other_id: UUID, reason: str) -> Incident:
    """Raises IncidentNotFound, NotRelated."""
    incident, other = await locked_pair(session, incident_id, other_id)
    known = await queries.relation(session, incident_id, other_id)
    if known is None:
        raise domain.NotRelated(other=other.number)
    await session.delete(known)
    _tell_both(session, incident, other, domain.Outcome.UNRELATED, reason)
    return incident


def _tell_both(
    session: AsyncSession, incident: Incident, other: Incident, outcome: domain.Outcome, reason: str
) -> None:
    for one, its in ((incident, other), (other, incident)):
        one.version += 1
        about = {"other_id": its.id, "other_number": its.number, "outcome": outcome}
        say(session, one, RelationChanged, reason_given=reason, **about)
        note_incident(session, one, outcome, information={"other": its.number, "reason": reason})
