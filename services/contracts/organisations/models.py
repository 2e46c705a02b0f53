"""Table of emergency organisations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.contracts.base import Base
from shared.db import Versioned


class EmergencyOrganisation(Versioned, Base):
    """Named persons of the customer or the provider. `quorum`: how many leaders must authorise a plan."""

    __tablename__ = "emergency_organisations"
    __table_args__ = (CheckConstraint("quorum >= 1 AND quorum <= cardinality(leader_ids)", name="quorum"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), primary_key=True)
    team_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    leader_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    quorum: Mapped[int]
    superior_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
