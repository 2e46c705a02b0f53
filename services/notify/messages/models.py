"""The table of messages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.notify.base import Base
from services.notify.messages.domain import MOVES
from shared.db import Keyed, Tenanted
from shared.moves import in_states

if TYPE_CHECKING:
    from services.notify.tries.models import Try


class Message(Keyed, Tenanted, Base):
    """One occasion told to one recipient on one channel: once, whatever is repeated.

    `title` and `text` are written when the row is made, in the recipient's language. `message_id` is the Message-ID
    of every try. `next_try_at` is also when the lease of a try under way runs out, and empty once the message is out
    of our hands.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "occasion", "recipient", "channel"),
        CheckConstraint(in_states(MOVES), name="state"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="next_try_at"),
        Index("ix_messages_due", text("urgent DESC"), "next_try_at", "id", postgresql_where=text("state = 'waiting'")),
    )

    event_id: Mapped[UUID]
    traceparent: Mapped[str | None]
    incident_id: Mapped[UUID | None] = mapped_column(index=True)
    occasion: Mapped[str]
    channel: Mapped[str]
    recipient: Mapped[str]
    name: Mapped[str]
    address: Mapped[str | None]
    locale: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    urgent: Mapped[bool]
    message_id: Mapped[str]
    written_at: Mapped[datetime]
    state: Mapped[str]
    why: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    log: Mapped[list[Try]] = relationship(
        "Try",
        primaryjoin="foreign(Try.subject_id) == Message.id",
        order_by="Try.number",
        viewonly=True,
        lazy="raise",
    )
