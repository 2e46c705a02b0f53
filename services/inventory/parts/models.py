"""The table of parts. The provider's own: no customer's row."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from shared.db import Keyed, Versioned


class Part(Keyed, Versioned, Base):
    """`models`: the asset models it fits. `lead_time_days`: from order to receipt, in calendar days."""

    __tablename__ = "parts"
    __table_args__ = (UniqueConstraint("part_number"), CheckConstraint("lead_time_days >= 0", name="lead_time_days"))

    part_number: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    models: Mapped[list[str]] = mapped_column(ARRAY(String))
    lead_time_days: Mapped[int]
