"""Keeping the copies up to date."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.recipients.models import Department, Person
from shared.copies import keep_newest
from shared.events.contracts import DepartmentChanged
from shared.events.gateway import PersonChanged


async def copy_person(session: AsyncSession, person: PersonChanged, sequence: int) -> None:
    row = person.model_dump(include={"name_zh", "name_en", "email", "locale", "active", "roles"})
    await keep_newest(session, Person, {"id": person.person_id, "sequence": sequence, **row})


async def copy_department(session: AsyncSession, department: DepartmentChanged, sequence: int) -> None:
    row = department.model_dump(include={"customer_id", "name_zh", "name_en", "email", "locale"})
    await keep_newest(session, Department, {"id": department.department_id, "sequence": sequence, **row})
