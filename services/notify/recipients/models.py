"""Tables of what is copied from other services' events. Nothing here is written by a route."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.db import Copied, Tenanted


class Person(Copied, Base):
    """Copy of gateway's people: as much of it as tells whom to tell, and how to reach them."""

    __tablename__ = "people"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    active: Mapped[bool]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class Department(Copied, Tenanted, Base):
    """Copy of contracts' business departments."""

    __tablename__ = "departments"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
