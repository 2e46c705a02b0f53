"""Booking: a movement and both its balances in one transaction, under the row locks of the two balances."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.inventory.depots import queries as depots
from services.inventory.ledger import queries
from services.inventory.ledger.domain import BOOKINGS, Balance, MovementLine, Place, transferred
from services.inventory.ledger.models import BalanceRow, Movement
from services.inventory.parts import queries as parts
from shared.audit import note as audit_note
from shared.db import context


async def receive(session: AsyncSession, *, depot_id: UUID, part_number: str, quantity: int, note: str) -> MovementLine:
    """Book in what a supplier delivered. Raises NotTheKeeper, DepotNotFound, PartNotFound."""
    depot = await depots.own_depot(session, depot_id)
    part = await parts.part_numbered(session, part_number)
    if part is None:
        raise parts.PartNotFound(part=part_number)
    movement = await book(session, "receive", (part.id, depot.id), quantity, note=note)
    after = {"part_number": part_number, "quantity": quantity, "movement_id": movement.id}
    audit_note(session, depot.id, "receive", after=after, information={"note": note})
    return queries.movement_line(movement, part, depot)


async def book(
    session: AsyncSession,
    booking: str,
    place: Place,
    quantity: int,
    *,
    reservation_id: UUID | None = None,
    note: str = "",
) -> Movement:
    """Move a quantity as BOOKINGS says. Raises NotEnoughStock; nothing is written then."""
    part_id, depot_id = place
    accounts = BOOKINGS[booking]
    await _open_balances(session, place, accounts)
    rows = await queries.locked_balances(session, place, accounts)
    source, target = (rows[account] for account in accounts)
    changed = transferred(_balance(source), _balance(target), quantity, context(session).now)
    for row, balance in zip((source, target), changed, strict=True):
        row.quantity, row.moved_at = balance.quantity, balance.moved_at
    movement = Movement(
        part_id=part_id,
        depot_id=depot_id,
        booking=booking,
        from_account=source.account,
        to_account=target.account,
        quantity=quantity,
        booked_at=source.moved_at,
        actor=context(session).actor,
        reservation_id=reservation_id,
        note=note,
    )
    session.add(movement)
    await session.flush()
    return movement


async def _open_balances(session: AsyncSession, place: Place, accounts: tuple[str, str]) -> None:
    """Make the rows that are to be locked, at zero, where there are none yet."""
    part_id, depot_id = place
    empty = {"part_id": part_id, "depot_id": depot_id, "quantity": 0, "moved_at": context(session).now}
    rows = [{"id": uuid7(), "account": account, **empty} for account in sorted(accounts)]
    await session.execute(insert(BalanceRow).values(rows).on_conflict_do_nothing())


def _balance(row: BalanceRow) -> Balance:
    return Balance(row.account, row.quantity, row.moved_at)
