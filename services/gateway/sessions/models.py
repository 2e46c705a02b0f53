"""Tables of sessions and of tries to sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.gateway.base import Base
from shared.db import Keyed


class SignedInSession(Keyed, Base):
    """A session until it expires or its person signs out; then the row goes, and the audit keeps that it was."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_hash"),)

    token_hash: Mapped[bytes]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.people.id"), index=True)
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInTries(Base):
    """Tries with one address since `first_at` that were not right; the row goes with the first that is."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_first_at", "first_at"),)

    email_hash: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int]
    first_at: Mapped[datetime]
