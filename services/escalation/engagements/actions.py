"""Contacting external parties and following how far they are."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies import queries as copies
from services.escalation.engagements import queries
from services.escalation.engagements.domain import MOVES
from services.escalation.engagements.models import Engagement
from shared.audit import note as record
from shared.db import as_record, check_version, context
from shared.events.escalation import EngagementMoved, PartyEngaged
from shared.moves import moved
from shared.outbox import emit

UNCLASSIFIED = "other"


async def engage_party(
    session: AsyncSession,
    *,
    incident_id: UUID,
    party_name: str,
    party_email: str | None,
    party_locale: str,
    note: str | None,
) -> Engagement:
    """Contact a party for an incident. Raises IncidentNotFound, IncidentIsClosed."""
    incident = await copies.open_incident(session, incident_id)
    engagement = Engagement(
        customer_id=incident.customer_id,
        incident_id=incident.id,
        number=incident.number,
        party_name=party_name,
        party_email=party_email,
        party_locale=party_locale,
        fault_class=incident.fault_class or UNCLASSIFIED,
        note=note,
        contacted_by=copies.acting_person_id(session),
        contacted_at=context(session).now,
    )
    session.add(engagement)
    await session.flush()
    after = as_record(engagement, "party_name", "party_email", "fault_class", "note")
    record(session, engagement.id, "engage_party", after=after, customer_id=engagement.customer_id)
    emit(
        session,
        PartyEngaged(
            engagement_id=engagement.id,
            incident_id=incident.id,
            customer_id=incident.customer_id,
            number=incident.number,
            title=incident.title,
            party_name=party_name,
            party_email=party_email,
            party_locale=party_locale,
            fault_class=engagement.fault_class,
            contacted_at=engagement.contacted_at,
        ),
    )
    return engagement


async def move_engagement(session: AsyncSession, *, engagement_id: UUID, move: str) -> Engagement:
    """`move`: accept, arrive or complete. Raises EngagementNotFound, IllegalMove."""
    now = context(session).now
    engagement = await queries.locked_engagement(session, engagement_id)
    check_version(session, engagement.version)
    before = as_record(engagement, "state")
    engagement.state = moved(MOVES, engagement.state, move)
    setattr(engagement, f"{engagement.state}_at", now)
    engagement.version += 1
    after = as_record(engagement, "state")
    record(session, engagement.id, f"{move}_engagement", before=before, after=after, customer_id=engagement.customer_id)
    emit(
        session,
        EngagementMoved(
            engagement_id=engagement.id,
            incident_id=engagement.incident_id,
            customer_id=engagement.customer_id,
            party_name=engagement.party_name,
            state=engagement.state,
            moved_at=now,
        ),
    )
    return engagement
