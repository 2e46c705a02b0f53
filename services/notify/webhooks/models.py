"""The table of webhook endpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.db import Keyed, Tenanted, Versioned


class Endpoint(Keyed, Versioned, Tenanted, Base):
    """Where a client system is called. It is never deleted, so that its deliveries stay explained.

    `secret` signs the calls and is kept as it is: notify must be able to use it. `disabled_at` comes with its reason.
    """

    __tablename__ = "endpoints"
    __table_args__ = (CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="disabled"),)

    url: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(String))
    secret: Mapped[str]
    created_at: Mapped[datetime]
    last_delivered_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None]
    removed_at: Mapped[datetime | None]
