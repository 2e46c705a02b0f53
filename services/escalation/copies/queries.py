"""What can be asked of the copies: an incident, a customer's emergency organisation, who can be reached."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies.domain import OVER, require_leader
from services.escalation.copies.models import Incident, Organisation, Person
from shared.db import context
from shared.errors import Conflict, Forbidden, NotFound
from shared.permissions import Role


class IncidentNotFound(NotFound):
    code = "incident_not_found"
    en = "There is no incident {incident_id}."
    zh = "没有事件 {incident_id}。"


class IncidentIsClosed(Conflict):
    code = "incident_closed"
    en = "The incident {number} is over: it was closed, cancelled or merged."
    zh = "事件 {number} 已结束：已关闭、取消或合并。"


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    en = "There is no customer {customer_id}."
    zh = "没有客户 {customer_id}。"


class PersonNotFound(NotFound):
    code = "person_not_found"
    en = "There is no active person {person_id}."
    zh = "没有在用人员 {person_id}。"


class PersonNeeded(Forbidden):
    code = "person_needed"
    en = "Only a signed-in person can do this."
    zh = "此操作只能由已登录的人员执行。"


async def open_incident(session: AsyncSession, incident_id: UUID, *, held: bool = False) -> Incident:
    """Raises IncidentNotFound, IncidentIsClosed. `held`: its end waits for this transaction, and so finds its work."""
    share = {"read": True} if held else None
    found = await session.get(Incident, incident_id, with_for_update=share, populate_existing=held)
    if found is None:
        raise IncidentNotFound(incident_id=incident_id)
    if found.state in OVER:
        raise IncidentIsClosed(number=found.number)
    return found


async def is_over(session: AsyncSession, incident_id: UUID) -> bool:
    """Whether the incident is known to be closed."""
    found = await session.get(Incident, incident_id)
    return found is not None and found.state in OVER


async def require_customer(session: AsyncSession, customer_id: UUID) -> None:
    """Raise CustomerNotFound for one of whose emergency organisation nothing is known or shown to the caller."""
    if await session.get(Organisation, customer_id) is None:
        raise CustomerNotFound(customer_id=customer_id)


async def organisation_of(session: AsyncSession, customer_id: UUID) -> Organisation:
    """The customer's emergency organisation; one of nobody when its contract has not named it yet."""
    found = await session.get(Organisation, customer_id)
    if found is None:
        return Organisation(customer_id=customer_id, sequence=0, team_ids=[], leader_ids=[], quorum=1, superior_ids=[])
    return found


async def leader_of(session: AsyncSession, customer_id: UUID) -> Person:
    """The acting person, who must be of the customer's leading group. Raises PersonNeeded, NotOfLeadingGroup.

    A decision never fails for want of a name: a leader whose record has not arrived yet goes by the id.
    """
    person_id = acting_person_id(session)
    require_leader((await organisation_of(session, customer_id)).leader_ids, person_id)
    known = await session.get(Person, person_id)
    return known or Person(id=person_id, name_zh=str(person_id), name_en=str(person_id))


def acting_person_id(session: AsyncSession) -> UUID:
    """On whose behalf the transaction runs. Raises PersonNeeded for a client system's key."""
    person_id = context(session).person_id
    if person_id is None:
        raise PersonNeeded()
    return person_id


async def require_people(session: AsyncSession, person_ids: Collection[UUID]) -> None:
    """Raise PersonNotFound for the first id that is no active person."""
    active = select(Person.id).where(Person.active, Person.id.in_(person_ids))
    missing = set(person_ids) - set(await session.scalars(active))
    if missing:
        raise PersonNotFound(person_id=min(missing))


async def reachable(session: AsyncSession, person_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """Those of the people who can be told something, each once, in the order given."""
    gone = select(Person.id).where(~Person.active, Person.id.in_(person_ids))
    left_out = set(await session.scalars(gone))
    return tuple(person_id for person_id in dict.fromkeys(person_ids) if person_id not in left_out)


async def people_in(session: AsyncSession, role: Role) -> tuple[UUID, ...]:
    """All active people who hold the role."""
    holders = select(Person.id).where(Person.active, literal(role.value) == any_(Person.roles)).order_by(Person.id)
    return tuple(await session.scalars(holders))
