"""The table of clocks: a promise's inputs, and what was said about it so far. Its state is computed, never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.clocks import domain
from shared import clocks
from shared.db import Keyed

KINDS = ", ".join(f"'{kind}'" for kind in domain.Kind)
UNITS = ", ".join(f"'{unit}'" for unit in domain.Unit)


class Clock(Keyed, Base):
    """`activation_id`: the request that a plan_decided clock runs for; an incident may have several of those.

    `calendar` is empty for a clock that runs 24x7. `warned_percent` is the highest warning said.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("incident_id", "kind", "activation_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"unit IN ({UNITS})", name="unit"),
        CheckConstraint("amount > 0", name="amount"),
    )

    customer_id: Mapped[UUID]
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    number: Mapped[str]
    kind: Mapped[str]
    activation_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    amount: Mapped[int]
    unit: Mapped[str]
    calendar: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    warned_percent: Mapped[int]
    breach_said: Mapped[bool]

    @property
    def aim(self) -> domain.Aim:
        return domain.Aim(self.amount, self.unit, self.calendar)

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.cancelled_at is None

    @property
    def promise(self) -> clocks.Clock:
        return clocks.Clock(
            kind=self.kind,
            started_at=self.started_at,
            budget=self.aim.budget,
            calendar=self.aim.work_calendar,
            stopped_at=self.stopped_at,
            cancelled_at=self.cancelled_at,
        )

    def reading(self, now: datetime) -> domain.Reading:
        return domain.Reading(self.promise, self.activation_id, self.due_at, now)
