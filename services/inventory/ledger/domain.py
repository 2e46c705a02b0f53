"""The accounts of the ledger and the bookings between them: nothing disappears, nothing is ever negative. Pure.

A booking moves a quantity of one part from one account of a depot to another; all accounts of a part add up to zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.errors import Conflict

ACCOUNTS = ("supplier", "good", "reserved", "issued", "used")
"""What a supplier delivered, what lies free, what is held for an incident, what was handed out, what was built in."""

OUTSIDE = "supplier"
"""The one account that goes below zero: by as much as came in from outside."""

BOOKINGS: dict[str, tuple[str, str]] = {
    "receive": ("supplier", "good"),
    "reserve": ("good", "reserved"),
    "issue": ("reserved", "issued"),
    "use": ("issued", "used"),
    "release": ("reserved", "good"),
    "expire": ("reserved", "good"),
}
"""Each kind of booking with the account it takes from and the one it gives to."""

Place = tuple[UUID, UUID]
"""A part at a depot: (part_id, depot_id)."""

Quantities = Mapping[str, int]
"""Quantity by account."""


class NotEnoughStock(Conflict):
    code = "not_enough_stock"
    en = "Only {available} in the account {account}, {quantity} asked for."
    zh = "账户 {account} 仅有 {available} 件，需要 {quantity} 件。"


@dataclass(frozen=True)
class Balance:
    """What an account holds, and when it last changed."""

    account: str
    quantity: int
    moved_at: datetime


def transferred(source: Balance, target: Balance, quantity: int, now: datetime) -> tuple[Balance, Balance]:
    """Both balances after the booking. Raises NotEnoughStock, and ValueError for a quantity that is not positive.

    The booking's time is `now`, or the last change of either account where that is later: a transaction that waited
    for another must not enter history before it, or stock as of a past moment could come out negative.
    """
    if quantity <= 0:
        raise ValueError("a booking moves at least one")
    if source.account != OUTSIDE and source.quantity < quantity:
        raise NotEnoughStock(account=source.account, available=source.quantity, quantity=quantity)
    at = max(now, source.moved_at, target.moved_at)
    return (
        Balance(source.account, source.quantity - quantity, at),
        Balance(target.account, target.quantity + quantity, at),
    )


@dataclass(frozen=True)
class StockLine:
    """What a depot has of a part. `id` is the line's place in the list."""

    id: UUID
    part_id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    region: str
    good: int
    reserved: int
    issued: int
    used: int


@dataclass(frozen=True)
class MovementLine:
    """A movement as people read it."""

    id: UUID
    booking: str
    part_id: UUID
    part_number: str
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    from_account: str
    to_account: str
    quantity: int
    booked_at: datetime
    actor: str
    reservation_id: UUID | None
    note: str
