"""Table of parts called up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.escalation.base import Base
from services.escalation.part_call_ups.domain import MOVES
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class PartCallUp(Keyed, Versioned, Tenanted, Base):
    """`unanswered_at`: when the store had let its time pass. `promised_at` comes with a reservation."""

    __tablename__ = "part_call_ups"
    __table_args__ = (CheckConstraint(in_states(MOVES), name="state"), CheckConstraint("quantity > 0", name="quantity"))

    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    activation_id: Mapped[UUID | None] = mapped_column(ForeignKey("escalation.activations.id"))
    part_number: Mapped[str]
    quantity: Mapped[int]
    site_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="called_up")
    called_up_by: Mapped[UUID]
    called_up_at: Mapped[datetime]
    unanswered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reservation_id: Mapped[UUID | None]
    depot_name_zh: Mapped[str | None]
    depot_name_en: Mapped[str | None]
    promised_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
