"""What can be asked about recipients: how to reach them, and in which language."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.recipients.domain import Recipient, department_key, known, person_key, unknown
from services.notify.recipients.models import Department, Person
from shared.errors import language_of
from shared.permissions import Role


async def recipients(session: AsyncSession, keys: Collection[str]) -> list[Recipient]:
    """The recipients behind keys of people and departments, each once, in the order given."""
    wanted = list(dict.fromkeys(keys))
    found = await _people(session, wanted) | await _departments(session, wanted)
    return [found.get(key) or unknown(key) for key in wanted]


async def keys_in(session: AsyncSession, role: Role) -> list[str]:
    """Keys of all active people who hold the role."""
    holders = select(Person.id).where(Person.active, literal(role.value) == any_(Person.roles)).order_by(Person.id)
    return [person_key(holder) for holder in await session.scalars(holders)]


async def _people(session: AsyncSession, keys: Collection[str]) -> dict[str, Recipient]:
    ids = _ids(keys, "person:")
    rows = await session.scalars(select(Person).where(Person.id.in_(ids))) if ids else ()
    people = {person_key(row.id): row for row in rows}
    return {key: known(key, _name(row), row.email, row.locale, active=row.active) for key, row in people.items()}


async def _departments(session: AsyncSession, keys: Collection[str]) -> dict[str, Recipient]:
    ids = _ids(keys, "department:")
    rows = await session.scalars(select(Department).where(Department.id.in_(ids))) if ids else ()
    departments = {department_key(row.id): row for row in rows}
    return {key: known(key, _name(row), row.email, row.locale) for key, row in departments.items()}


def _ids(keys: Collection[str], prefix: str) -> list[str]:
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def _name(row: Person | Department) -> str:
    """The name in the language the recipient reads."""
    return row.name_zh if language_of(row.locale) == "zh" else row.name_en
