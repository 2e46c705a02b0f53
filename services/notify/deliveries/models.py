"""The table of deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.notify.base import Base
from services.notify.deliveries.domain import MOVES
from shared.db import Keyed, Tenanted
from shared.moves import in_states

if TYPE_CHECKING:
    from services.notify.tries.models import Try


class Delivery(Keyed, Tenanted, Base):
    """One event to one endpoint. Its id is the webhook-id, its `body` the same, over all tries.

    `next_try_at` is also when the lease of a try under way runs out, and empty once the delivery is over.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        CheckConstraint(in_states(MOVES), name="state"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="next_try_at"),
        Index("ix_deliveries_due", "endpoint_id", "next_try_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_deliveries_leased", "endpoint_id", postgresql_where=text("lease_until IS NOT NULL")),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("notify.endpoints.id"))
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    traceparent: Mapped[str | None]
    incident_id: Mapped[UUID | None] = mapped_column(index=True)
    body: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str]
    why: Mapped[str | None]
    tries: Mapped[int]
    next_try_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    log: Mapped[list[Try]] = relationship(
        "Try",
        primaryjoin="foreign(Try.subject_id) == Delivery.id",
        order_by="Try.number",
        viewonly=True,
        lazy="raise",
    )
