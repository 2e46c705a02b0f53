"""The table of visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.visits.domain import State
from shared.db import Keyed, Tenanted, Versioned

STATES = ", ".join(f"'{state}'" for state in State)


class Visit(Keyed, Versioned, Tenanted, Base):
    """`engineer_name` is the name when the visit was planned, in Chinese."""

    __tablename__ = "visits"
    __table_args__ = (CheckConstraint(f"state IN ({STATES})", name="state"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    number: Mapped[str]
    site_id: Mapped[UUID | None]
    engineer_id: Mapped[UUID]
    engineer_name: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    planned_at: Mapped[datetime]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    service_record: Mapped[str | None]
    signed_by: Mapped[str | None]
    service_item: Mapped[str]
