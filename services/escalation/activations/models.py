"""Tables of activations, the leaders' decisions, and the steps of a plan that runs.

Decisions are only ever added (see the migration). Steps are there once an activation is authorised, never before.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Integer

from services.escalation.activations.domain import MOVES, STEP_MOVES
from services.escalation.base import Base
from shared.db import Keyed, Tenanted, Versioned
from shared.moves import in_states


class Decision(Keyed, Tenanted, Base):
    """What one leader decided. `information`: what an authorisation rested on, or the reason of a refusal."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("activation_id", "person_id"),
        CheckConstraint("choice IN ('authorise', 'refuse')", name="choice"),
    )

    activation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.activations.id"))
    person_id: Mapped[UUID]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    choice: Mapped[str]
    information: Mapped[str]
    decided_at: Mapped[datetime]


class ActivationStep(Keyed, Tenanted, Base):
    """A step of the plan as it stood when it was authorised. `due_at` runs from the authorisation."""

    __tablename__ = "activation_steps"
    __table_args__ = (
        UniqueConstraint("activation_id", "position"),
        CheckConstraint(in_states(STEP_MOVES), name="state"),
    )

    activation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.activations.id"))
    position: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    measure: Mapped[str]
    owner_id: Mapped[UUID | None]
    after: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    state: Mapped[str] = mapped_column(default="pending")
    due_at: Mapped[datetime]
    started_by: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None]
    completed_at: Mapped[datetime | None]
    result: Mapped[str | None]


class Activation(Keyed, Versioned, Tenanted, Base):
    """A request to let a plan start for an incident. `level`: how often it went unanswered through `answer_seconds`."""

    __tablename__ = "activations"
    __table_args__ = (
        CheckConstraint(in_states(MOVES), name="state"),
        Index(
            "uq_activations_standing",
            "incident_id",
            "plan_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'authorised')"),
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.plans.id"))
    plan_name_zh: Mapped[str]
    plan_name_en: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="requested")
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answer_seconds: Mapped[int]
    level: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    decisions: Mapped[list[Decision]] = relationship(order_by=Decision.id, lazy="selectin")
    steps: Mapped[list[ActivationStep]] = relationship(order_by=ActivationStep.position, lazy="selectin")
