"""Tables of what is copied from other services' events. Nothing here is written by a route."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from services.notify.base import Base
from shared.db import Copied, Tenanted


class Person(Copied, Base):
    """Copy of gateway's people: as much of it as tells how to reach them."""

    __tablename__ = "people"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    active: Mapped[bool]


class Department(Copied, Tenanted, Base):
    """Copy of contracts' business departments."""

    __tablename__ = "departments"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
