"""Tables of joint analyses, who takes part, and what is supposed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incidents.base import Base
from services.incidents.problems.domain import JOINING, State, Verdict
from shared.db import Keyed, Tenanted, Versioned

STATES = ", ".join(f"'{state}'" for state in State)
TEAMS = ", ".join(f"'{team}'" for team in JOINING)
VERDICTS = ", ".join(f"'{verdict}'" for verdict in Verdict)


class JointAnalysis(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "joint_analyses"
    __table_args__ = (CheckConstraint(f"state IN ({STATES})", name="state"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.incidents.id"), index=True)
    number: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    convened_by: Mapped[UUID]
    convened_at: Mapped[datetime]
    conclusion: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    concluded_by: Mapped[UUID | None]
    concluded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Participant(Keyed, Tenanted, Base):
    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("analysis_id", "person_id"),
        CheckConstraint(f"team IN ({TEAMS})", name="team"),
    )

    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.joint_analyses.id"))
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    team: Mapped[str]
    joined_at: Mapped[datetime]


class Hypothesis(Keyed, Tenanted, Base):
    __tablename__ = "hypotheses"
    __table_args__ = (CheckConstraint(f"verdict IN ({VERDICTS})", name="verdict"),)

    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.joint_analyses.id"), index=True)
    statement: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(default=Verdict.PROPOSED)
    finding: Mapped[str | None]
    judged_by: Mapped[UUID | None]
    judged_at: Mapped[datetime | None]
