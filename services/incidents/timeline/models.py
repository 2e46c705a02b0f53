"""The table of the timeline: a projection, one row per event. Sentences are rendered when it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base


class Entry(Base):
    __tablename__ = "timeline"
    __table_args__ = (Index(None, "incident_id", "at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    type: Mapped[str]
    at: Mapped[datetime]
    sequence: Mapped[int]
    actor: Mapped[str]
    causation_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
