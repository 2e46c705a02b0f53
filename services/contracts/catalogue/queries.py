"""What can be asked about the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.catalogue.models import CatalogueItem
from shared.db import check_version
from shared.errors import NotFound
from shared.snapshots import Every

EVERY_ITEM = Every(select(CatalogueItem), CatalogueItem.id)


class ItemNotFound(NotFound):
    code = "item_not_found"
    en = "There is no service item {item} in the catalogue."
    zh = "服务目录中没有服务项 {item}。"


async def item(session: AsyncSession, code: str) -> CatalogueItem:
    found = (await session.scalars(select(CatalogueItem).where(CatalogueItem.code == code))).one_or_none()
    if found is None:
        raise ItemNotFound(item=code)
    return found


async def locked_item(session: AsyncSession, code: str) -> CatalogueItem:
    """The item under its row lock, at the version the client expects."""
    with_code = select(CatalogueItem).where(CatalogueItem.code == code).with_for_update()
    found = (await session.scalars(with_code)).one_or_none()
    if found is None:
        raise ItemNotFound(item=code)
    check_version(session, found.version)
    return found


async def items(session: AsyncSession) -> Sequence[CatalogueItem]:
    return (await session.scalars(select(CatalogueItem).order_by(CatalogueItem.place))).all()


async def require_items(session: AsyncSession, codes: Collection[str]) -> None:
    """Raise ItemNotFound for the first code that is no item on offer."""
    on_offer = select(CatalogueItem.code).where(CatalogueItem.code.in_(codes), CatalogueItem.active)
    missing = set(codes) - set(await session.scalars(on_offer))
    if missing:
        raise ItemNotFound(item=min(missing))
