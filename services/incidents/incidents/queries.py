"""What can be asked about incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import queries as clocks
from services.incidents.clocks.domain import Reading
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.copies.queries import Covering
from services.incidents.incidents.domain import OVER, UNRESTORED, Cover, State, Team, Why, as_it_stands
from services.incidents.incidents.models import Incident
from services.incidents.pauses import queries as pauses
from shared.db import check_version, context
from shared.errors import NotFound


class IncidentNotFound(NotFound):
    code = "incident_not_found"
    en = "There is no incident {incident}."
    zh = "没有事件 {incident}。"


@dataclass(frozen=True)
class Shown:
    """An incident with what people see beside it: its state and clocks as they stand, and the names behind its ids."""

    incident: Incident
    state: State
    clocks: tuple[Reading, ...]
    names: Mapping[UUID, Named]
    held_up: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenOver:
    """An incident that another system's record was taken over as, and the hash of that record."""

    id: UUID
    number: str
    covered: bool
    history_hash: str


async def incident(session: AsyncSession, reference: UUID | str) -> Incident:
    """By id, or by the number people say. Raises IncidentNotFound."""
    named = Incident.id == reference if isinstance(reference, UUID) else Incident.number == reference
    found = (await session.scalars(select(Incident).where(named))).one_or_none()
    if found is None:
        raise IncidentNotFound(incident=reference)
    return found


async def incidents_of(session: AsyncSession, incident_ids: Collection[UUID]) -> Mapping[UUID, Incident]:
    rows = await session.scalars(select(Incident).where(Incident.id.in_(incident_ids)))
    return {found.id: found for found in rows}


async def _locked(session: AsyncSession, rows: Select[Incident]) -> Sequence[Incident]:
    """The one way incidents are locked: in the order of their ids, so that nobody waits for another in a circle.

    The locks leave rows that only refer to an incident (its timeline) free to be written.
    """
    held = rows.order_by(Incident.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(held)).all()


async def locked_incident(session: AsyncSession, incident_id: UUID, *, for_client: bool = True) -> Incident:
    """The incident under its row lock; `for_client`: at the version that the client's If-Match names."""
    found = await _locked(session, select(Incident).where(Incident.id == incident_id))
    return _expected(session, found, incident_id, for_client)


def _expected(session: AsyncSession, found: Iterable[Incident], incident_id: UUID, for_client: bool) -> Incident:
    incident = next((each for each in found if each.id == incident_id), None)
    if incident is None:
        raise IncidentNotFound(incident=incident_id)
    if for_client:
        check_version(session, incident.version)
    return incident


async def locked_with_parent(session: AsyncSession, incident_id: UUID) -> Incident:
    """An incident, and the one it is below: who closes that one waits until this one's move is made, and the other way.

    At the version that the client's If-Match names.
    """
    parent_id = (await incident(session, incident_id)).parent_id
    found = await _locked(session, select(Incident).where(Incident.id.in_({incident_id, parent_id} - {None})))
    return _expected(session, found, incident_id, for_client=True)


async def locked_now(session: AsyncSession, incident_id: UUID) -> Incident:
    """Refused, to be tried again, where another holds it: its turn in the order of ids may be past."""
    row = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True, nowait=True)
    return (await session.scalars(row.execution_options(populate_existing=True))).one()


async def locked_pair(
    session: AsyncSession, meant_id: UUID, other_id: UUID, *, parent_id: UUID | None = None
) -> tuple[Incident, Incident]:
    """Two incidents of a customer, the first at the version the client expects, and its parent where that is named.

    Raises IncidentNotFound.
    """
    found = await _locked(session, select(Incident).where(Incident.id.in_({meant_id, other_id, parent_id} - {None})))
    meant = _expected(session, found, meant_id, for_client=True)
    other = _expected(session, found, other_id, for_client=False)
    if meant.customer_id != other.customer_id:
        raise IncidentNotFound(incident=other_id)
    return meant, other


async def locked_family(
    session: AsyncSession, incident_id: UUID, *, for_client: bool = True
) -> tuple[Incident, Sequence[Incident]]:
    """An incident, and those below it whose service is not restored, in the order of their ids.

    What came below it while we waited is known only now, and its turn may be past: it is locked without waiting. That
    is refused, to be tried again, where yet another holds it at this moment.
    """
    below = and_(Incident.parent_id == incident_id, Incident.state.in_(UNRESTORED))
    found = await _locked(session, select(Incident).where(or_(Incident.id == incident_id, below)))
    incident = _expected(session, found, incident_id, for_client)
    joined = select(Incident).where(below, Incident.id.not_in([each.id for each in found]))
    late = (await session.scalars(joined.with_for_update(key_share=True, nowait=True))).all()
    children = [each for each in (*found, *late) if each is not incident]
    return incident, sorted(children, key=attrgetter("id"))


async def hold_incidents(
    session: AsyncSession, *, incident_ids: Collection[UUID], clock_ids: Collection[UUID], closing_ids: Collection[UUID]
) -> None:
    """Lock at once what several effects of one transaction will: incidents, clocks' incidents, families that close."""
    ids = {*incident_ids, *closing_ids, *await clocks.incidents_of(session, clock_ids)}
    wanted: ColumnElement[bool] = Incident.id.in_(ids)
    if closing_ids:
        wanted = or_(wanted, and_(Incident.parent_id.in_(closing_ids), Incident.state.in_(UNRESTORED)))
    await _locked(session, select(Incident).where(wanted))


async def children_of(session: AsyncSession, incident_id: UUID) -> Sequence[Incident]:
    return (
        await session.scalars(select(Incident).where(Incident.parent_id == incident_id).order_by(Incident.id))
    ).all()


async def merged_into(session: AsyncSession, incident_id: UUID) -> Sequence[Incident]:
    """What was merged into the incident itself, oldest first."""
    rows = select(Incident).where(Incident.merged_into_id == incident_id)
    return (await session.scalars(rows.order_by(Incident.id))).all()


async def merged_upwards(session: AsyncSession, incident_id: UUID) -> set[UUID]:
    """All that the incident was merged into: its target, the target's target, and so on."""
    step = select(Incident.merged_into_id.label("id")).where(Incident.id == incident_id).cte(recursive=True)
    step = step.union(select(Incident.merged_into_id).join(step, Incident.id == step.c.id))
    return {found for found in await session.scalars(select(step.c.id)) if found is not None}


async def final_target(session: AsyncSession, incident_id: UUID) -> UUID:
    """Where work on the incident goes on: itself, or what it was merged into in the end."""
    way = {incident_id, *await merged_upwards(session, incident_id)}
    last = select(Incident.id).where(Incident.id.in_(way), Incident.merged_into_id.is_(None))
    return (await session.scalars(last)).one()


def _concerned(covering: Covering) -> ColumnElement[bool]:
    """Incidents that the agreement holds for, and those it may come to hold for: see retargeting/domain.py."""
    terms = covering.terms
    own = Incident.agreement_id == terms.agreement_id
    if not terms.in_force:
        return own
    of_contract = and_(Incident.contract_number == terms.contract_number, literal(terms.applies_to_open))
    covered = or_(Incident.asset_id.in_(terms.asset_ids), Incident.site_id.in_(covering.site_ids))
    return or_(own, of_contract, and_(Incident.cover == Cover.UNDECIDED, covered))


async def concerned_incidents(
    session: AsyncSession, covering: Covering, after: UUID | None, limit: int, *, locked: bool
) -> Sequence[Incident]:
    """Incidents on which work goes on that an agreement concerns, in the order of their ids after `after`."""
    rows = select(Incident).where(
        Incident.customer_id == covering.customer_id, Incident.state.not_in(OVER), _concerned(covering)
    )
    if after is not None:
        rows = rows.where(Incident.id > after)
    rows = rows.order_by(Incident.id).limit(limit)
    if locked:
        return await _locked(session, rows)
    return (await session.scalars(rows.execution_options(populate_existing=True))).all()


async def customer_of(session: AsyncSession, incident_id: UUID) -> UUID:
    """Raises IncidentNotFound."""
    found = await session.scalar(select(Incident.customer_id).where(Incident.id == incident_id))
    if found is None:
        raise IncidentNotFound(incident=incident_id)
    return found


async def hold_source(session: AsyncSession, customer_id: UUID, source: str) -> None:
    """Until the commit nobody else takes over incidents of this customer from this source."""
    key = f"incidents of {customer_id} from {source}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def taken_over(
    session: AsyncSession, customer_id: UUID, source: str, numbers: Collection[str]
) -> dict[str, TakenOver]:
    """By the source's number, those of the customer's incidents that were taken over before."""
    found = (Incident.source_number, Incident.id, Incident.number, Incident.covered, Incident.history_hash)
    rows = select(*found).where(
        Incident.customer_id == customer_id, Incident.source == source, Incident.source_number.in_(numbers)
    )
    return {
        row.source_number: TakenOver(row.id, row.number, row.covered, row.history_hash)
        for row in await session.execute(rows)
    }


async def states_of(session: AsyncSession, incidents: Sequence[Incident]) -> Mapping[UUID, State]:
    """Their states as they stand."""
    waiting = [each.id for each in incidents if each.state == State.WAITING]
    over = await pauses.waiting_no_more(session, waiting) if waiting else ()
    return {each.id: as_it_stands(each.state, pause_is_over=each.id in over) for each in incidents}


async def shown(session: AsyncSession, incidents: Sequence[Incident]) -> list[Shown]:
    """Incidents as people see them, in a few statements for however many."""
    if not incidents:
        return []
    readings = await clocks.readings(session, [found.id for found in incidents], context(session).now)
    ids = [i for found in incidents for i in (found.customer_id, found.asset_id, found.site_id, found.engineer_id)]
    names = await copies.names(session, ids)
    states = await states_of(session, incidents)
    held_up = await _held_up(session, incidents)
    return [Shown(each, states[each.id], readings[each.id], names, held_up[each.id]) for each in incidents]


async def _held_up(session: AsyncSession, incidents: Sequence[Incident]) -> Mapping[UUID | None, Mapping[str, Why]]:
    """Of each incident, the moves that something beside its state is in the way of."""
    ids = [each.id for each in incidents]
    below = select(Incident.parent_id.label("of"), literal("confirm"), literal(Why.CHILDREN_OPEN.value))
    below = below.where(Incident.parent_id.in_(ids), Incident.state.in_(UNRESTORED))
    merged = select(Incident.merged_into_id, literal("cancel"), literal(Why.MERGED_INTO_IT.value))
    found: dict[UUID | None, dict[str, Why]] = {
        each.id: {"escalate": Why.PROBLEM_AT_TOP} if each.team == Team.JOINT_ANALYSIS else {} for each in incidents
    }
    in_the_way = below.union(merged.where(Incident.merged_into_id.in_(ids)))
    for incident_id, move, why in await session.execute(in_the_way):
        found[incident_id][move] = Why(why)
    return found
