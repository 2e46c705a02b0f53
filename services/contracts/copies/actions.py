"""Keeping the copy of people: a snapshot replaces an older one and is ignored where a newer one is kept."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.copies.models import Person
from shared.copies import keep_newest
from shared.events.gateway import PersonChanged


async def keep_person(session: AsyncSession, person: PersonChanged, sequence: int) -> None:
    row = person.model_dump(include={"name_zh", "name_en", "email", "phone", "roles", "active"})
    await keep_newest(session, Person, {"id": person.person_id, "sequence": sequence, **row})
