"""The table of comments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.comments.domain import VISIBILITIES
from shared.db import Keyed, Tenanted


class Comment(Keyed, Tenanted, Base):
    """Never changed: a correction is a new comment.

    `written_on_id`: the incident it was written on, where that had been merged into this one. `origin_id`: the comment
    on the incident above of which this is the copy. `author` is an actor, `author_name` the name at that time.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"visibility IN ({VISIBILITIES})", name="visibility"),
        CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name="text"),
        Index(None, "incident_id", "id"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    written_on_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.incidents.id"))
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.comments.id"))
    visibility: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    author_name: Mapped[str]
    from_customer: Mapped[bool]
    written_at: Mapped[datetime]
