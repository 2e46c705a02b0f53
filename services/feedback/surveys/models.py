"""Tables of surveys with their answers, and of the links that lead to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.feedback.base import Base
from services.feedback.surveys.domain import MOVES, NOT_SENT
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Survey(Keyed, Versioned, Tenanted, Base):
    """One contact asked once about one closed incident; `number` and `title` are the incident's.

    A trigger keeps an answered survey as it is.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint(in_states(MOVES, NOT_SENT), name="state"),
        CheckConstraint(f"(state = '{NOT_SENT}') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(state = 'answered') = (rating IS NOT NULL)", name="answered"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("recommend BETWEEN 0 AND 10", name="recommend"),
    )

    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    title: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_locale: Mapped[str]
    template_version: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    recommend: Mapped[int | None]
    comment: Mapped[str | None]


class Link(Tenanted, Base):
    """A link that leads to a survey, by the SHA-256 of its token. The token itself is stored nowhere."""

    __tablename__ = "links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("feedback.surveys.id"), index=True)
