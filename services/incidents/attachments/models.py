"""The table of attachments. Their content is in the service's files, by its SHA-256."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.comments.domain import VISIBILITIES
from shared.db import Keyed, Tenanted


class Attachment(Keyed, Tenanted, Base):
    """A withdrawn one stays as a row, with its reason; its content is swept unless another row has the same."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(f"visibility IN ({VISIBILITIES})", name="visibility"),
        CheckConstraint("num_nulls(withdrawn_at, withdrawn_by, withdrawal) IN (0, 3)", name="withdrawn"),
        Index(None, "sha256", postgresql_where=text("withdrawn_at IS NULL")),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    number: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    visibility: Mapped[str]
    author: Mapped[str]
    author_name: Mapped[str]
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawal: Mapped[str | None]
