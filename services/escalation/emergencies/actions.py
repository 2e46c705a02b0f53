"""Opening emergencies, telling those who must know, closing them with their incident and opening them again with it.

Nobody counts as told who could not be: then an alarm stands, and they are told as soon as the organisation names them.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.alarms import actions as alarms
from services.escalation.alarms.domain import Reason
from services.escalation.alarms.queries import locked_alarms_about
from services.escalation.copies import queries as copies
from services.escalation.emergencies import domain, queries
from services.escalation.emergencies.models import Emergency
from shared.audit import note
from shared.db import as_record, context
from shared.events.escalation import EmergencyOpened, SuperiorInformed
from shared.events.incidents import IncidentClassified
from shared.moves import moved
from shared.outbox import emit
from shared.permissions import Role

ASSESSMENT = ("severity", "fault_class", "analysis", "key_business_ids")
REOPENED = ("state", "closed_at", "leader_ids", "leaders_told_at", "superior_ids", "superior_informed_at")


async def assess_incident(session: AsyncSession, classified: IncidentClassified) -> None:
    """Open an emergency if the classification calls for one, or take a later classification over into it."""
    emergency = await queries.locked_emergency_of(session, classified.incident_id)
    if emergency is not None:
        await _reassess(session, emergency, classified)
    elif domain.is_emergency(classified.severity, quickly_solvable=classified.quickly_solvable):
        await _open(session, classified)


async def tell_of_open_emergencies(session: AsyncSession, *, customer_id: UUID) -> None:
    """The customer's organisation changed: tell those of open emergencies who could not be told before."""
    for emergency in await queries.locked_open_emergencies(session, customer_id):
        if await locked_alarms_about(session, Reason.NOBODY_TO_TELL, emergency.id):
            await _tell_or_raise(session, emergency)


async def close_emergency(session: AsyncSession, *, incident_id: UUID) -> None:
    """Left alone where there is none, or it was closed before: an incident may end more than once."""
    emergency = await queries.locked_emergency_of(session, incident_id)
    if emergency is None or emergency.state == "closed":
        return
    before = as_record(emergency, "state")
    emergency.state = moved(domain.MOVES, emergency.state, "close")
    emergency.closed_at = context(session).now
    emergency.version += 1
    after = as_record(emergency, "state", "closed_at")
    note(session, emergency.id, "close_emergency", before=before, after=after, customer_id=emergency.customer_id)


async def reopen_emergency(session: AsyncSession, *, incident_id: UUID) -> None:
    """The incident is back: so is the emergency that ended with it, and who must know is told again.

    What was decided, withdrawn or stopped stays so. Left alone where there is none, or it is open.
    """
    emergency = await queries.locked_emergency_of(session, incident_id)
    if emergency is not None and emergency.state == "closed":
        _reopen(session, emergency)
        await _tell_or_raise(session, emergency)


async def _open(session: AsyncSession, classified: IncidentClassified) -> None:
    emergency = Emergency(
        customer_id=classified.customer_id,
        incident_id=classified.incident_id,
        number=classified.number,
        title=classified.title,
        severity=classified.severity,
        fault_class=classified.fault_class,
        analysis=classified.analysis,
        key_business_ids=list(classified.key_business_ids),
        leader_ids=[],
        superior_ids=[],
        opened_at=context(session).now,
    )
    session.add(emergency)
    await session.flush()
    after = as_record(emergency, "number", *ASSESSMENT)
    note(session, emergency.id, "open_emergency", after=after, customer_id=emergency.customer_id)
    await _tell_or_raise(session, emergency)


async def _reassess(session: AsyncSession, emergency: Emergency, classified: IncidentClassified) -> None:
    before = as_record(emergency, *ASSESSMENT)
    emergency.severity, emergency.fault_class = classified.severity, classified.fault_class
    emergency.analysis, emergency.key_business_ids = classified.analysis, list(classified.key_business_ids)
    emergency.version += 1
    after = as_record(emergency, *ASSESSMENT)
    note(session, emergency.id, "reassess_emergency", before=before, after=after, customer_id=emergency.customer_id)
    if not domain.is_emergency(classified.severity, quickly_solvable=classified.quickly_solvable):
        await alarms.stop_alarms_about(session, Reason.NOBODY_TO_TELL, emergency.id)
        return
    if emergency.state == "closed":
        _reopen(session, emergency)
    await _tell_or_raise(session, emergency)


def _reopen(session: AsyncSession, emergency: Emergency) -> None:
    """Whoever was told knows of an emergency that is over: nobody counts as told of this one."""
    before = as_record(emergency, *REOPENED)
    emergency.state = moved(domain.MOVES, emergency.state, "reopen")
    emergency.closed_at = emergency.leaders_told_at = emergency.superior_informed_at = None
    emergency.leader_ids, emergency.superior_ids = [], []
    emergency.version += 1
    after = as_record(emergency, *REOPENED)
    note(session, emergency.id, "reopen_emergency", before=before, after=after, customer_id=emergency.customer_id)


async def _tell_or_raise(session: AsyncSession, emergency: Emergency) -> None:
    untold = [role.value for role in await _tell(session, emergency)]
    await alarms.stop_alarms_about(session, Reason.NOBODY_TO_TELL, emergency.id, but=untold)
    for role in untold:
        await alarms.raise_unless_standing(
            session,
            Reason.NOBODY_TO_TELL,
            detail=role,
            about_id=emergency.id,
            incident_id=emergency.incident_id,
            customer_id=emergency.customer_id,
            number=emergency.number,
        )


async def _tell(session: AsyncSession, emergency: Emergency) -> list[Role]:
    """Tell whom it concerns and who is not told yet. Returns those who should know but have nobody to be told."""
    organisation = await copies.organisation_of(session, emergency.customer_id)
    untold: list[Role] = []
    if emergency.leaders_told_at is None:
        leaders = await copies.reachable(session, organisation.leader_ids)
        if leaders:
            _tell_leaders(session, emergency, leaders)
        else:
            untold.append(Role.LEADER)
    concerned = domain.concerns_superior(emergency.severity, emergency.key_business_ids)
    if concerned and emergency.superior_informed_at is None:
        superiors = await copies.reachable(session, organisation.superior_ids)
        if superiors:
            _inform_superior(session, emergency, superiors)
        else:
            untold.append(Role.SUPERIOR)
    return untold


def _tell_leaders(session: AsyncSession, emergency: Emergency, leader_ids: tuple[UUID, ...]) -> None:
    emergency.leader_ids, emergency.leaders_told_at = list(leader_ids), context(session).now
    emergency.version += 1
    after = as_record(emergency, "leader_ids", "leaders_told_at")
    note(session, emergency.id, "tell_leading_group", after=after, customer_id=emergency.customer_id)
    emit(
        session,
        EmergencyOpened(
            emergency_id=emergency.id,
            incident_id=emergency.incident_id,
            customer_id=emergency.customer_id,
            number=emergency.number,
            title=emergency.title,
            severity=emergency.severity,
            fault_class=emergency.fault_class,
            analysis=emergency.analysis,
            leader_ids=leader_ids,
            opened_at=emergency.opened_at,
        ),
    )


def _inform_superior(session: AsyncSession, emergency: Emergency, superior_ids: tuple[UUID, ...]) -> None:
    now = context(session).now
    emergency.superior_ids, emergency.superior_informed_at = list(superior_ids), now
    emergency.version += 1
    after = as_record(emergency, "superior_ids", "superior_informed_at")
    note(session, emergency.id, "inform_superior", after=after, customer_id=emergency.customer_id)
    emit(
        session,
        SuperiorInformed(
            emergency_id=emergency.id,
            incident_id=emergency.incident_id,
            customer_id=emergency.customer_id,
            number=emergency.number,
            title=emergency.title,
            severity=emergency.severity,
            superior_ids=superior_ids,
            informed_at=now,
        ),
    )
