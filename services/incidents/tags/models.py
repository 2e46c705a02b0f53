"""The table of tags: which incident has which."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from shared.db import Keyed, Tenanted


class Tagging(Keyed, Tenanted, Base):
    """`tag` is normalised. The row has an id of its own for its audit, which is not the customer's."""

    __tablename__ = "incident_tags"
    __table_args__ = (UniqueConstraint("incident_id", "tag"), Index(None, "tag", "incident_id"))

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    tag: Mapped[str]
