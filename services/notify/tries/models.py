"""The table of tries, of messages and webhook calls alike."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.db import Tenanted


class Try(Tenanted, Base):
    """One try of a message or a delivery (`subject_id`), numbered from 1.

    `outcome` is empty while the try is under way, and for good where we were killed before we could note it down.
    """

    __tablename__ = "tries"
    __table_args__ = (CheckConstraint("outcome IN ('delivered', 'refused', 'try_later')", name="outcome"),)

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    outcome: Mapped[str | None]
    why: Mapped[str | None]
    status: Mapped[int | None]
    reply: Mapped[str | None]
