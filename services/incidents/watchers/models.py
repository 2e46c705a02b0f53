"""The table of watchers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from shared.db import Tenanted


class Watcher(Tenanted, Base):
    """`of_customer`: the person is the customer's, not the provider's."""

    __tablename__ = "watchers"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_customer: Mapped[bool]
    since: Mapped[datetime]
