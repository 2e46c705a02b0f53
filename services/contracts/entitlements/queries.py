"""What can be asked about entitlements and their uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.entitlements.models import Entitlement, Use
from shared.db import check_version
from shared.errors import NotFound
from shared.paging import Page


class EntitlementNotFound(NotFound):
    code = "entitlement_not_found"
    en = "There is no entitlement {entitlement_id}."
    zh = "没有服务额度 {entitlement_id}。"


async def entitlement(session: AsyncSession, entitlement_id: UUID) -> Entitlement:
    found = await session.get(Entitlement, entitlement_id)
    if found is None:
        raise EntitlementNotFound(entitlement_id=entitlement_id)
    return found


async def locked_entitlement(session: AsyncSession, entitlement_id: UUID) -> Entitlement:
    """The entitlement under its row lock: uses are counted one after the other."""
    found = await session.get(Entitlement, entitlement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise EntitlementNotFound(entitlement_id=entitlement_id)
    check_version(session, found.version)
    return found


async def entitlements_of(session: AsyncSession, contract_id: UUID) -> Sequence[Entitlement]:
    of_contract = select(Entitlement).where(Entitlement.contract_id == contract_id)
    return (await session.scalars(of_contract.order_by(Entitlement.id))).all()


async def grant_of(session: AsyncSession, contract_id: UUID, item_code: str, unit: str) -> UUID | None:
    """The id of what the contract grants of an item in a unit, if it does and it was not withdrawn."""
    granted = select(Entitlement.id).where(
        Entitlement.contract_id == contract_id,
        Entitlement.item_code == item_code,
        Entitlement.unit == unit,
        Entitlement.withdrawn_at.is_(None),
    )
    return await session.scalar(granted)


async def used_in(session: AsyncSession, entitlement_id: UUID, year: int) -> int:
    used = select(func.sum(Use.quantity)).where(Use.entitlement_id == entitlement_id, Use.year == year)
    return await session.scalar(used) or 0


async def used_by_year(session: AsyncSession, contract_id: UUID) -> Mapping[tuple[UUID, int], int]:
    """What was used of each entitlement of a contract in each year."""
    summed = (
        select(Use.entitlement_id, Use.year, func.sum(Use.quantity))
        .join(Entitlement, Entitlement.id == Use.entitlement_id)
        .where(Entitlement.contract_id == contract_id)
        .group_by(Use.entitlement_id, Use.year)
    )
    return {(entitlement_id, year): used for entitlement_id, year, used in await session.execute(summed)}


async def used_of(session: AsyncSession, entitlement_id: UUID) -> Mapping[int, int]:
    """What was used of an entitlement, by year."""
    used = select(Use.year, func.sum(Use.quantity)).where(Use.entitlement_id == entitlement_id).group_by(Use.year)
    return {row.year: row[1] for row in await session.execute(used)}


async def locked_uses_of(session: AsyncSession, contract_id: UUID) -> Sequence[tuple[datetime, int]]:
    """When something that a contract grants was used, and the year it counts in; no more is counted meanwhile."""
    of_contract = select(Entitlement.id).where(Entitlement.contract_id == contract_id).order_by(Entitlement.id)
    ids = (await session.scalars(of_contract.with_for_update())).all()
    uses = select(Use.used_at, Use.year).where(Use.entitlement_id.in_(ids)).order_by(Use.used_at)
    return [(at, year) for at, year in await session.execute(uses)]


async def use_of_time(session: AsyncSession, time_entry_id: UUID) -> Use | None:
    """The line that counts time spent, if it was counted."""
    counting = select(Use).where(Use.time_entry_id == time_entry_id, Use.quantity > 0)
    return (await session.scalars(counting)).one_or_none()


async def is_counted(session: AsyncSession, source_event_id: UUID) -> bool:
    return await session.scalar(select(Use.id).where(Use.source_event_id == source_event_id)) is not None


async def uses_page(session: AsyncSession, page: Page, entitlement_id: UUID) -> Sequence[Use]:
    return (await session.scalars(page.of(select(Use).where(Use.entitlement_id == entitlement_id), Use.id))).all()
