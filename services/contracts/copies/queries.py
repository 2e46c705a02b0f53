"""What can be asked of the copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.copies.models import Person
from shared.errors import NotFound
from shared.permissions import Role


class EngineerNotFound(NotFound):
    code = "engineer_not_found"
    en = "There is no active engineer {engineer_id}."
    zh = "没有有效的工程师 {engineer_id}。"


async def engineers(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Person]:
    """The active engineers with these ids, in their order. Raises EngineerNotFound."""
    known = await _people(session, ids)
    for engineer_id in ids:
        found = known.get(engineer_id)
        if found is None or not found.active or Role.ENGINEER not in found.roles:
            raise EngineerNotFound(engineer_id=engineer_id)
    return [known[engineer_id] for engineer_id in ids]


async def require_engineers(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Raise EngineerNotFound for the first id that is no active engineer."""
    await engineers(session, ids)


async def engineers_named(session: AsyncSession, names: Collection[str]) -> Mapping[str, set[UUID]]:
    """The active engineers by address and by name in each language, of those that are asked for, in small letters."""
    found: dict[str, set[UUID]] = {}
    called = [func.lower(column) for column in (Person.email, Person.name_zh, Person.name_en)]
    active = select(Person.id, *called).where(Person.active, Person.roles.contains([Role.ENGINEER.value]))
    if names:
        for person_id, *words in await session.execute(active.where(or_(*(word.in_(names) for word in called)))):
            for word in words:
                found.setdefault(word, set()).add(person_id)
    return found


async def _people(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Person]:
    if not ids:
        return {}
    return {person.id: person for person in await session.scalars(select(Person).where(Person.id.in_(ids)))}
