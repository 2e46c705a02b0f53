"""Keeping the copies up to date: a snapshot replaces an older one and is ignored where a newer one is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.recipients.models import Department, Person
from shared.events.contracts import DepartmentChanged
from shared.events.gateway import PersonChanged


async def copy_person(session: AsyncSession, person: PersonChanged, sequence: int) -> None:
    row = person.model_dump(include={"name_zh", "name_en", "email", "locale", "active"})
    await _keep_newest(session, Person, {"id": person.person_id, "sequence": sequence, **row})


async def copy_department(session: AsyncSession, department: DepartmentChanged, sequence: int) -> None:
    row = department.model_dump(include={"customer_id", "name_zh", "name_en", "email", "locale"})
    await _keep_newest(session, Department, {"id": department.department_id, "sequence": sequence, **row})


async def _keep_newest(session: AsyncSession, model: type[Person] | type[Department], row: dict[str, Any]) -> None:
    statement = insert(model).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: statement.excluded[name] for name in row if name != "id"},
        where=statement.excluded.sequence > model.sequence,
    )
    await session.execute(statement)
