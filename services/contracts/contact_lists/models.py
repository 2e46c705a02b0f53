"""The table of issued contact lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base
from shared.db import Keyed, Tenanted


class ContactList(Keyed, Tenanted, Base):
    """One version, with all that it says; it is never written again."""

    __tablename__ = "contact_lists"
    __table_args__ = (UniqueConstraint("contract_id", "version"),)

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.contracts.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
