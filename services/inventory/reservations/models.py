"""The table of reservations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from services.inventory.reservations.domain import MOVES
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Reservation(Keyed, Versioned, Tenanted, Base):
    """A part held for an incident. Names of part and depot are kept as the customer was told them.

    `number` is the incident's.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("call_up_id"),
        CheckConstraint(in_states(MOVES), name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    call_up_id: Mapped[UUID]
    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    site_id: Mapped[UUID | None]
    part_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.parts.id"))
    part_number: Mapped[str]
    part_name_zh: Mapped[str]
    part_name_en: Mapped[str]
    quantity: Mapped[int]
    depot_id: Mapped[UUID] = mapped_column(ForeignKey("inventory.depots.id"), index=True)
    depot_name_zh: Mapped[str]
    depot_name_en: Mapped[str]
    state: Mapped[str]
    reserved_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[UUID | None]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None]
    expired_at: Mapped[datetime | None]
