"""The table of relations: a pair of incidents, whichever of them was named first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from shared.db import Keyed, Tenanted


class Relation(Keyed, Tenanted, Base):
    """Kept in the order of their ids, so that a pair is related once."""

    __tablename__ = "relations"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
    )

    one_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    reason: Mapped[str]
    related_by: Mapped[str]
    related_at: Mapped[datetime]
