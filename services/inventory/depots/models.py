"""Tables of depots, and of people as the gateway states them. The provider's own: no customer's rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from shared.db import Copied, Keyed, Versioned


class Depot(Keyed, Versioned, Base):
    """A store of parts. A keeper may keep several depots; a depot has one keeper."""

    __tablename__ = "depots"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    region: Mapped[str]
    keeper_id: Mapped[UUID] = mapped_column(index=True)


class Person(Copied, Base):
    """Copy of gateway's people: as much of it as tells who may keep a depot."""

    __tablename__ = "people"

    roles: Mapped[list[str]] = mapped_column(ARRAY(String))
    customer_id: Mapped[UUID | None]
    active: Mapped[bool]
