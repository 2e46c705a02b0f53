"""Tables of movements, which are only ever added, and of the balances kept beside them under row lock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from services.inventory.ledger.domain import ACCOUNTS, BOOKINGS, OUTSIDE
from shared.db import Keyed

_ACCOUNTS = ", ".join(f"'{account}'" for account in ACCOUNTS)
_BOOKINGS = ", ".join(f"('{booking}', '{source}', '{target}')" for booking, (source, target) in BOOKINGS.items())


class Movement(Keyed, Base):
    """A quantity of a part went from one account of a depot to another. The running role may only add."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(f"(booking, from_account, to_account) IN ({_BOOKINGS})", name="booking"),
        Index("ix_movements_place", "part_id", "depot_id", "booked_at"),
    )

    part_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.parts.id"))
    depot_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.depots.id"))
    booking: Mapped[str]
    from_account: Mapped[str]
    to_account: Mapped[str]
    quantity: Mapped[int]
    booked_at: Mapped[datetime]
    actor: Mapped[str]
    reservation_id: Mapped[UUID | None] = mapped_column(ForeignKey("inventory.reservations.id"), index=True)
    note: Mapped[str]


class BalanceRow(Keyed, Base):
    """What an account of a part at a depot holds now: the sum of its movements, and never below zero but outside."""

    __tablename__ = "balances"
    __table_args__ = (
        UniqueConstraint("part_id", "depot_id", "account"),
        CheckConstraint(f"account IN ({_ACCOUNTS})", name="account"),
        CheckConstraint(f"quantity >= 0 OR account = '{OUTSIDE}'", name="quantity"),
    )

    part_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.parts.id"))
    depot_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.depots.id"))
    account: Mapped[str]
    quantity: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime]
