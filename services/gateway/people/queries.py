"""What can be asked about people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people.domain import normalised
from services.gateway.people.models import Person
from shared.errors import NotFound
from shared.paging import Page
from shared.permissions import Role
from shared.snapshots import Every

EVERY_PERSON = Every(select(Person), Person.id)


class PersonNotFound(NotFound):
    code = "person_not_found"
    en = "There is no person {person_id}."
    zh = "没有人员 {person_id}。"


async def person(session: AsyncSession, person_id: UUID) -> Person:
    found = await session.get(Person, person_id)
    if found is None:
        raise PersonNotFound(person_id=person_id)
    return found


async def person_for_change(session: AsyncSession, person_id: UUID) -> Person:
    """The person with their row locked until the transaction ends."""
    found = await session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise PersonNotFound(person_id=person_id)
    return found


async def person_by_email(session: AsyncSession, email: str) -> Person | None:
    found: Person | None = await session.scalar(select(Person).where(Person.email == normalised(email)))
    return found


async def people_page(
    session: AsyncSession, page: Page, *, customer_id: UUID | None = None, role: Role | None = None
) -> Sequence[Person]:
    people = select(Person)
    if customer_id is not None:
        people = people.where(Person.customer_id == customer_id)
    if role is not None:
        people = people.where(Person.roles.contains([role.value]))
    return (await session.scalars(page.of(people, Person.id))).all()


async def active_administrators(session: AsyncSession) -> set[UUID]:
    """Their ids, with their rows locked: of two who step down at once, the second sees that the first has."""
    administrators = select(Person.id).where(Person.active, Person.roles.contains([Role.ADMINISTRATOR.value]))
    return set(await session.scalars(administrators.order_by(Person.id).with_for_update()))
