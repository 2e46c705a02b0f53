"""Tables of what is copied from other services' events. Nothing here is written by a route."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text, Uuid

from services.escalation.base import Base
from shared.db import Copied, Tenanted


class Incident(Copied, Tenanted, Base):
    """The public facts of an incident. `fault_class` and `analysis` are there once it is classified."""

    __tablename__ = "incidents"

    number: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    fault_class: Mapped[str | None]
    analysis: Mapped[str | None]
    site_id: Mapped[UUID | None]
    key_business_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    state: Mapped[str] = mapped_column(default="reported")


class Organisation(Base):
    """A customer's emergency organisation. `quorum`: how many leaders must authorise a plan."""

    __tablename__ = "organisations"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    leader_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    quorum: Mapped[int]
    superior_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class Person(Copied, Base):
    __tablename__ = "people"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool]
