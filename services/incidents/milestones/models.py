"""The table of occasions: what those promises run for of which an incident may have several."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.milestones.domain import OF_OCCASIONS, Occasion
from shared.db import Tenanted

KINDS = ", ".join(f"'{kind}'" for kind in OF_OCCASIONS)


class OccasionRow(Tenanted, Base):
    """A request of a plan, an engagement or an update, kept also while nothing is promised for it.

    `noted_at`: when we heard of it. An update has no end of its own: the next one follows it.
    """

    __tablename__ = "occasions"
    __table_args__ = (CheckConstraint(f"kind IN ({KINDS})", name="kind"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    about_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    noted_at: Mapped[datetime]

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.kind, self.about_id, self.from_at, self.done_at, self.noted_at)
