"""The last number given in each year."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base


class LastNumber(Base):
    __tablename__ = "numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
