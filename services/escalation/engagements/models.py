"""Table of engagements."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.escalation.base import Base
from services.escalation.engagements.domain import MOVES
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Engagement(Keyed, Versioned, Tenanted, Base):
    """`fault_class` as the incident was classified when the party was contacted; `note` is what it was told."""

    __tablename__ = "engagements"
    __table_args__ = (CheckConstraint(in_states(MOVES), name="state"),)

    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    party_name: Mapped[str]
    party_email: Mapped[str | None]
    party_locale: Mapped[str]
    fault_class: Mapped[str]
    note: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="contacted")
    contacted_by: Mapped[UUID]
    contacted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
