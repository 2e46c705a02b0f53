"""The table of people, a copy. It has only what this service reads."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base
from shared.db import Copied


class Person(Copied, Base):
    """Staff and customers' users alike; no tenant row, since an engineer is named to every customer they serve."""

    __tablename__ = "people"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool]
