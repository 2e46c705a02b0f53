"""The table of saved views."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from shared.db import Keyed, Versioned


class View(Keyed, Versioned, Base):
    """No tenant row: it says what to look for, and holds nothing of any customer. A shared one is all staff's."""

    __tablename__ = "views"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("ix_views_shared", "id", postgresql_where=text("shared")),
    )

    owner_id: Mapped[UUID]
    name: Mapped[str]
    filters: Mapped[dict[str, str | list[str]]] = mapped_column(JSONB)
    shared: Mapped[bool]
