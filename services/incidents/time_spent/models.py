"""The table of time spent."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.time_spent.domain import LONGEST_MINUTES, Work
from shared.db import Keyed, Tenanted

WORKS = ", ".join(f"'{work}'" for work in Work)


class TimeEntry(Keyed, Tenanted, Base):
    """What a person worked on one day. A withdrawn entry stays, with its reason, and does not count."""

    __tablename__ = "time_entries"
    __table_args__ = (
        CheckConstraint(f"work IN ({WORKS})", name="work"),
        CheckConstraint(f"minutes BETWEEN 1 AND {LONGEST_MINUTES}", name="minutes"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal IS NULL)", name="withdrawn"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    contract_number: Mapped[str | None]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    work: Mapped[str]
    minutes: Mapped[int]
    spent_on: Mapped[date]
    note: Mapped[str | None]
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[str | None]
    service_item: Mapped[str]
