"""What can be asked about stock: what there is now, what there was at any time, and every movement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.depots import queries as depots
from services.inventory.ledger.domain import MovementLine, Place, Quantities, StockLine
from services.inventory.ledger.models import BalanceRow, Movement
from services.inventory.parts import queries as parts
from shared.paging import Page


async def locked_balances(session: AsyncSession, place: Place, accounts: Collection[str]) -> dict[str, BalanceRow]:
    """The balances of a part at a depot under their row locks, taken in one order for everybody."""
    part_id, depot_id = place
    of_place = select(BalanceRow).where(BalanceRow.part_id == part_id, BalanceRow.depot_id == depot_id)
    rows = of_place.where(BalanceRow.account.in_(accounts)).order_by(BalanceRow.account).with_for_update()
    found = await session.scalars(rows.execution_options(populate_existing=True))
    return {row.account: row for row in found}


async def free_stock(session: AsyncSession, part_id: UUID) -> dict[UUID, int]:
    """What lies free of a part, by depot. Not locked: check again under lock before taking it."""
    free = select(BalanceRow.depot_id, BalanceRow.quantity)
    free = free.where(BalanceRow.part_id == part_id, BalanceRow.account == "good")
    return {row.depot_id: row.quantity for row in await session.execute(free)}


async def stock_page(
    session: AsyncSession, page: Page, part_number: str | None, at: datetime | None
) -> Sequence[StockLine]:
    """Parts by depot, each with its quantities now, or as of `at`, then summed up from the movements."""
    known = select(BalanceRow).where(BalanceRow.account == "good")
    if part_number is not None:
        found = await parts.part_numbered(session, part_number)
        known = known.where(BalanceRow.part_id == (found.id if found else None))
    rows = (await session.scalars(page.of(known, BalanceRow.id))).all()
    places = [(row.part_id, row.depot_id) for row in rows]
    quantities = await _quantities(session, _kept(places) if at is None else _summed_up(places, at))
    part_of = await parts.parts_of(session, {part_id for part_id, _ in places})
    depot_of = await depots.depots_of(session, {depot_id for _, depot_id in places})
    return [
        _stock_line(row.id, part_of[row.part_id], depot_of[row.depot_id], quantities.get((row.part_id, row.depot_id)))
        for row in rows
    ]


async def movements_page(session: AsyncSession, page: Page, part_number: str | None) -> Sequence[MovementLine]:
    """Movements, newest first."""
    movements = select(Movement)
    if part_number is not None:
        found = await parts.part_numbered(session, part_number)
        movements = movements.where(Movement.part_id == (found.id if found else None))
    rows = (await session.scalars(page.of(movements, Movement.id))).all()
    part_of = await parts.parts_of(session, {row.part_id for row in rows})
    depot_of = await depots.depots_of(session, {row.depot_id for row in rows})
    return [movement_line(row, part_of[row.part_id], depot_of[row.depot_id]) for row in rows]


def movement_line(row: Movement, part: Any, depot: Any) -> MovementLine:
    return MovementLine(
        id=row.id,
        booking=row.booking,
        part_id=part.id,
        part_number=part.part_number,
        depot_id=depot.id,
        depot_name_zh=depot.name_zh,
        depot_name_en=depot.name_en,
        from_account=row.from_account,
        to_account=row.to_account,
        quantity=row.quantity,
        booked_at=row.booked_at,
        actor=row.actor,
        reservation_id=row.reservation_id,
        note=row.note,
    )


def _stock_line(line_id: UUID, part: Any, depot: Any, quantities: Quantities | None) -> StockLine:
    held = quantities or {}
    return StockLine(
        id=line_id,
        part_id=part.id,
        part_number=part.part_number,
        part_name_zh=part.name_zh,
        part_name_en=part.name_en,
        depot_id=depot.id,
        depot_name_zh=depot.name_zh,
        depot_name_en=depot.name_en,
        region=depot.region,
        good=held.get("good", 0),
        reserved=held.get("reserved", 0),
        issued=held.get("issued", 0),
        used=held.get("used", 0),
    )


def _kept(places: Collection[Place]) -> Select[*tuple[Any, ...]]:
    """The balances kept."""
    return select(BalanceRow.part_id, BalanceRow.depot_id, BalanceRow.account, BalanceRow.quantity).where(
        tuple_(BalanceRow.part_id, BalanceRow.depot_id).in_(places)
    )


def _summed_up(places: Collection[Place], at: datetime) -> Select[*tuple[Any, ...]]:
    """The balances as the movements up to `at` (inclusive) add up."""
    until = (tuple_(Movement.part_id, Movement.depot_id).in_(places), Movement.booked_at <= at)
    given = select(Movement.part_id, Movement.depot_id, Movement.to_account.label("account"), Movement.quantity)
    taken = select(Movement.part_id, Movement.depot_id, Movement.from_account, literal(0) - Movement.quantity)
    entries = union_all(given.where(*until), taken.where(*until)).subquery()
    total = cast(func.sum(entries.c.quantity), BigInteger).label("quantity")
    keys = (entries.c.part_id, entries.c.depot_id, entries.c.account)
    return select(*keys, total).group_by(*keys)


async def _quantities(session: AsyncSession, balances: Select[*tuple[Any, ...]]) -> dict[Place, dict[str, int]]:
    found: dict[Place, dict[str, int]] = {}
    for part_id, depot_id, account, quantity in await session.execute(balances):
        found.setdefault((part_id, depot_id), {})[account] = quantity
    return found
