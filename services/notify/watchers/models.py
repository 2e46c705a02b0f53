"""The table of watched incidents."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.notify.base import Base
from shared.db import Copied, Tenanted


class Watched(Copied, Tenanted, Base):
    """`id` is the incident's. Nobody watches it when `person_ids` is empty."""

    __tablename__ = "watched"

    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
