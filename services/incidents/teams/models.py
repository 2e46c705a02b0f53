"""The table of segments: from when on a team held an incident. Each ends where the next begins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from shared.db import Keyed, Tenanted


class Segment(Keyed, Tenanted, Base):
    """The first segment is the desk's, from the report, and has no row."""

    __tablename__ = "segments"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    team: Mapped[str]
    engineer_id: Mapped[UUID | None]
    from_at: Mapped[datetime]
