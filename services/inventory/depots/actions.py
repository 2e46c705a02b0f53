"""Opening depots, and keeping the copy of people that tells who may keep one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.depots import domain, queries
from services.inventory.depots.models import Depot, Person
from shared.audit import note
from shared.copies import keep_newest
from shared.db import as_record
from shared.events.gateway import PersonChanged


async def open_depot(session: AsyncSession, *, name_zh: str, name_en: str, region: str, keeper_id: UUID) -> Depot:
    """Raises NotAKeeper for a person we do not know, or who may not keep a depot."""
    keeper = await queries.person(session, keeper_id)
    if keeper is None or not domain.may_keep(keeper.roles, active=keeper.active, customer_id=keeper.customer_id):
        raise domain.NotAKeeper(person_id=keeper_id)
    depot = Depot(name_zh=name_zh, name_en=name_en, region=region, keeper_id=keeper_id)
    session.add(depot)
    await session.flush()
    note(session, depot.id, "open_depot", after=as_record(depot, "name_zh", "region", "keeper_id"))
    return depot


async def copy_person(session: AsyncSession, person: PersonChanged, sequence: int) -> None:
    row = person.model_dump(include={"roles", "customer_id", "active"})
    await keep_newest(session, Person, {"id": person.person_id, "sequence": sequence, **row})
