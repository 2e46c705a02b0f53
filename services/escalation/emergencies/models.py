"""Table of emergencies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.escalation.base import Base
from services.escalation.emergencies.domain import MOVES
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Emergency(Keyed, Versioned, Tenanted, Base):
    """One per incident. The lists of ids are those who were told; their times are empty until somebody was."""

    __tablename__ = "emergencies"
    __table_args__ = (UniqueConstraint("incident_id"), CheckConstraint(in_states(MOVES), name="state"))

    incident_id: Mapped[UUID]
    number: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    fault_class: Mapped[str]
    analysis: Mapped[str]
    key_business_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(default="open")
    leader_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    leaders_told_at: Mapped[datetime | None]
    superior_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    superior_informed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
