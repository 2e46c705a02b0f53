"""What can be asked about the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.parts.models import Part
from shared.errors import NotFound
from shared.paging import Page
from shared.snapshots import Every

EVERY_PART = Every(select(Part), Part.id)


class PartNotFound(NotFound):
    code = "part_not_found"
    en = "There is no part {part}."
    zh = "没有备件 {part}。"


async def part(session: AsyncSession, part_id: UUID) -> Part:
    found = await session.get(Part, part_id)
    if found is None:
        raise PartNotFound(part=part_id)
    return found


async def part_numbered(session: AsyncSession, part_number: str) -> Part | None:
    return (await session.scalars(select(Part).where(Part.part_number == part_number))).one_or_none()


async def parts_page(session: AsyncSession, page: Page) -> Sequence[Part]:
    return (await session.scalars(page.of(select(Part), Part.id))).all()


async def parts_of(session: AsyncSession, part_ids: Collection[UUID]) -> dict[UUID, Part]:
    """The parts with these ids, by id."""
    return {found.id: found for found in await session.scalars(select(Part).where(Part.id.in_(part_ids)))}
