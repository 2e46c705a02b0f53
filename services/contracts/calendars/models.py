"""Tables of work calendars: the provider's own, of no customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base
from shared.db import Keyed, Versioned


class Calendar(Keyed, Versioned, Base):
    """`first_year` to `last_year`: those whose public holidays in China it follows; None for one made by hand."""

    __tablename__ = "calendars"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("(first_year IS NULL) = (last_year IS NULL) AND first_year <= last_year", name="years"),
    )

    code: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    provisional_years: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    first_year: Mapped[int | None]
    last_year: Mapped[int | None]
