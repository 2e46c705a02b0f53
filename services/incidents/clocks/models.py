"""The table of clocks: a promise's inputs, and what was said about it so far. Its state is computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from services.incidents.base import Base
from services.incidents.clocks import domain
from services.incidents.pauses.domain import Stretch, as_planned
from shared import clocks
from shared.db import Keyed

KINDS = ", ".join(f"'{kind}'" for kind in domain.Kind)
UNITS = ", ".join(f"'{unit}'" for unit in domain.Unit)
OPEN = text("stopped_at IS NULL AND cancelled_at IS NULL")
BROKEN = text("breach_said")
UNSAID = text("stopped_at IS NULL AND cancelled_at IS NULL AND NOT breach_said")


class Clock(Keyed, Base):
    """`about_id`: what a clock of several of its kind runs for (a request, an engagement, an update).

    `due_at` and `breaks_at`: when it is due, and broken, if nobody does anything; empty while it stands still with no
    end planned. So the due time that lists go by is the one that pages show, also while nothing runs.

    `calendar` is empty for a clock that runs 24x7. `warned_percent` is the highest warning said, and
    `warned_before_seconds` the last one of those ahead of its end. What did not count is in the incident's pauses.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("incident_id", "kind", "about_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"unit IN ({UNITS})", name="unit"),
        CheckConstraint("amount > 0", name="amount"),
        Index(None, "due_at", "incident_id", postgresql_where=OPEN),
        Index(None, "customer_id", "due_at", "incident_id", postgresql_where=OPEN),
        Index("ix_clocks_unsaid", "breaks_at", postgresql_where=UNSAID),
        Index(None, "incident_id", postgresql_where=BROKEN),
        Index(None, "customer_id", "incident_id", postgresql_where=BROKEN),
    )

    customer_id: Mapped[UUID]
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"))
    number: Mapped[str]
    kind: Mapped[str]
    about_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    amount: Mapped[int]
    unit: Mapped[str]
    calendar: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    due_at: Mapped[datetime | None]
    breaks_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    warning_percents: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    warn_before_seconds: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    warned_percent: Mapped[int]
    warned_before_seconds: Mapped[int | None]
    breach_said: Mapped[bool]

    @classmethod
    def begun(cls, bearer: domain.Bearer, wanted: domain.Wanted, stretches: Sequence[Stretch], now: datetime) -> Clock:
        clock = cls(
            id=uuid7(),
            incident_id=bearer.incident_id,
            customer_id=bearer.customer_id,
            number=bearer.number,
            kind=wanted.kind,
            about_id=wanted.about_id,
            started_at=wanted.started_at,
        )
        clock.aim_at(wanted.aim, stretches, now)
        return clock

    @property
    def aim(self) -> domain.Aim:
        warnings = tuple(self.warning_percents), tuple(self.warn_before_seconds)
        return domain.Aim(self.amount, self.unit, self.calendar, *warnings)

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.cancelled_at is None

    @property
    def is_given_up(self) -> bool:
        return self.cancelled_at is not None and self.stopped_at is None

    def promise(self, stretches: Iterable[Stretch]) -> clocks.Clock:
        """The promise over the incident's stretches that did not count."""
        aim = self.aim
        return clocks.Clock(
            kind=self.kind,
            started_at=self.started_at,
            budget=aim.budget,
            calendar=aim.work_calendar,
            pauses=domain.pauses_of(self.kind, stretches),
            stopped_at=self.stopped_at,
            cancelled_at=self.cancelled_at,
        )

    def aim_at(self, aim: domain.Aim, stretches: Sequence[Stretch], now: datetime) -> None:
        """Point it at another target, from its original start; nothing was said about that yet."""
        self.amount, self.unit = aim.amount, aim.unit
        self.calendar = None if aim.calendar is None else dict(aim.calendar)
        self.warning_percents, self.warn_before_seconds = list(aim.warning_percents), list(aim.warn_before_seconds)
        self.cancelled_at = None
        self.warned_percent, self.warned_before_seconds, self.breach_said = 0, None, False
        self.place(stretches, max(now, self.started_at))

    def place(self, stretches: Sequence[Stretch], now: datetime) -> None:
        """Set when it is due and when it breaks, as far as is known now."""
        planned = self.promise(as_planned(stretches))
        self.due_at, self.breaks_at = domain.due_at(planned, now), domain.breaks_at(planned, now)

    def reading(self, stretches: Sequence[Stretch], now: datetime) -> domain.Reading:
        """As it stands now."""
        return domain.Reading(self.id, self.promise(stretches), self.about_id, self.due_at, now)
