"""The table of pauses: they belong to the incident, whatever clocks it has or gets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.pauses.domain import Reason, Stretch
from shared.db import Keyed, Tenanted, Versioned

REASONS = ", ".join(f"'{reason}'" for reason in Reason)


class Pause(Keyed, Versioned, Tenanted, Base):
    """Time of an incident that does not count.

    An agreed one has its author, evidence and perhaps a planned end, and can be disputed by the customer; a struck
    one counts after all. The others are stretches in which the incident was over, until it was taken up again.
    `asked_until_at`: the end that somebody asked for; the planned one is earlier where the cap is reached before.
    """

    __tablename__ = "pauses"
    __table_args__ = (
        CheckConstraint(f"reason IN ({REASONS})", name="reason"),
        CheckConstraint("until_at >= from_at", name="until_at"),
        Index("uq_pauses_open", "incident_id", unique=True, postgresql_where=text("until_at IS NULL")),
        Index("ix_pauses_to_end", "planned_until_at", postgresql_where=text("until_at IS NULL")),
        Index(None, "incident_id"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    reason: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    planned_until_at: Mapped[datetime | None]
    asked_until_at: Mapped[datetime | None]
    author: Mapped[str]
    ended_by: Mapped[str | None]
    evidence: Mapped[str | None]
    disputed_by: Mapped[UUID | None]
    disputed_at: Mapped[datetime | None]
    dispute: Mapped[str | None]
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str | None]
    struck_at: Mapped[datetime | None]

    def ended_at(self, now: datetime) -> datetime | None:
        """When it ended. One that was to end by itself did so then, whether or not anything ran to see it."""
        planned = self.planned_until_at
        return planned if self.until_at is None and planned is not None and planned <= now else self.until_at

    def stretch(self, now: datetime) -> Stretch:
        return Stretch(self.from_at, self.ended_at(now), self.reason, self.planned_until_at)
