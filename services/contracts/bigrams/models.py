"""The table of bigrams. It has no tenant and is never shown: what it finds is read from the tenants' own tables."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base


class Bigrams(Base):
    """The bigrams of one record's searched columns.

    Apart from the record, because row-level security keeps the planner from an index on the record's own arrays.
    """

    __tablename__ = "bigrams"
    __table_args__ = (Index("ix_bigrams_grams", "grams", postgresql_using="gin"),)

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
