"""Table of alarms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.escalation.alarms.domain import MOVES
from services.escalation.base import Base
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Alarm(Keyed, Versioned, Tenanted, Base):
    """`about_id` is the record that gave rise to it: a clock, an activation, a parts call-up, an emergency."""

    __tablename__ = "alarms"
    __table_args__ = (CheckConstraint(in_states(MOVES), name="state"),)

    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    about_id: Mapped[UUID] = mapped_column(index=True)
    recipient_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(default="raised")
    raised_at: Mapped[datetime]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
