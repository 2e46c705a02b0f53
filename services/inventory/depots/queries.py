"""What can be asked about depots and their keepers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.depots.domain import NotTheKeeper
from services.inventory.depots.models import Depot, Person
from shared.db import context
from shared.errors import NotFound
from shared.paging import Page


class DepotNotFound(NotFound):
    code = "depot_not_found"
    en = "There is no depot {depot_id}."
    zh = "没有备件库 {depot_id}。"


async def depot(session: AsyncSession, depot_id: UUID) -> Depot:
    found = await session.get(Depot, depot_id)
    if found is None:
        raise DepotNotFound(depot_id=depot_id)
    return found


async def own_depot(session: AsyncSession, depot_id: UUID) -> Depot:
    """The depot, if the caller is its keeper. Raises DepotNotFound, NotTheKeeper."""
    found = await depot(session, depot_id)
    if context(session).person_id != found.keeper_id:
        raise NotTheKeeper(depot_en=found.name_en, depot_zh=found.name_zh)
    return found


async def depots_page(session: AsyncSession, page: Page) -> Sequence[Depot]:
    return (await session.scalars(page.of(select(Depot), Depot.id))).all()


async def depots_of(session: AsyncSession, depot_ids: Collection[UUID]) -> dict[UUID, Depot]:
    """The depots with these ids, by id."""
    return {found.id: found for found in await session.scalars(select(Depot).where(Depot.id.in_(depot_ids)))}


async def person(session: AsyncSession, person_id: UUID) -> Person | None:
    return await session.get(Person, person_id)
