"""Tables of plan versions, their steps, and their drills.

The running role may not change what a version says, nor its steps: only its state moves (see the migration).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Integer, Uuid

from services.escalation.base import Base
from services.escalation.plans.domain import MOVES
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class PlanStep(Keyed, Tenanted, Base):
    """A measure of a plan. `after`: positions of the steps that must be done before it."""

    __tablename__ = "plan_steps"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("measure IN ('it', 'non_it')", name="measure"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.plans.id"))
    position: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    measure: Mapped[str]
    minutes: Mapped[int]
    owner_id: Mapped[UUID | None]
    after: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Drill(Keyed, Tenanted, Base):
    """A drill of one version. `composition`: share of the acting people who took part; `score` 0 to 100."""

    __tablename__ = "drills"
    __table_args__ = (
        CheckConstraint("(evaluated_at IS NULL) = (passed IS NULL)", name="evaluated"),
        Index("uq_drills_running", "plan_id", unique=True, postgresql_where=text("evaluated_at IS NULL")),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.plans.id"), index=True)
    scenario: Mapped[str]
    participant_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    composition: Mapped[float | None]
    started_by: Mapped[UUID]
    started_at: Mapped[datetime]
    passed: Mapped[bool | None]
    score: Mapped[float | None]
    summary: Mapped[str | None]
    evaluated_by: Mapped[UUID | None]
    evaluated_at: Mapped[datetime | None]


class Plan(Keyed, Versioned, Tenanted, Base):
    """One version (`revision`) of a customer's contingency plan. Versions of one plan share its Chinese name."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("customer_id", "name_zh", "revision"),
        CheckConstraint(in_states(MOVES), name="state"),
        Index("uq_plans_in_force", "customer_id", "name_zh", unique=True, postgresql_where=text("state = 'in_force'")),
    )

    revision: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    fault_class: Mapped[str]
    scenario: Mapped[str]
    key_business_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(default="draft")
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    steps: Mapped[list[PlanStep]] = relationship(order_by=PlanStep.position, lazy="selectin")
    drills: Mapped[list[Drill]] = relationship(order_by=Drill.id, lazy="selectin")
