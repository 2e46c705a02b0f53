"""Keeping the copy of people: a snapshot replaces an older one and is ignored where a newer one is kept."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.copies.models import Person
from shared.events.gateway import PersonChanged


async def keep_person(session: AsyncSession, person: PersonChanged, sequence: int) -> None:
    row = {
        "id": person.person_id,
        "sequence": sequence,
        "name_zh": person.name_zh,
        "name_en": person.name_en,
        "email": person.email,
        "phone": person.phone,
        "roles": list(person.roles),
        "active": person.active,
    }
    insertion = insert(Person).values(row)
    changed = {name: insertion.excluded[name] for name in row if name != "id"}
    newer = insertion.excluded.sequence > Person.sequence
    await session.execute(insertion.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))
