"""HTTP bodies about difficult problems and joint analyses."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.incidents.incidents.schemas import Body, Out, Text
from services.incidents.problems.queries import Session


class Escalate(Body):
    """`engineer_id`: who of the team above takes it; left out, it stays with who has it."""

    reason: Text
    engineer_id: UUID | None = None


class Join(Body):
    person_id: UUID
    team: Literal["site", "regional", "headquarters"]


class Propose(Body):
    statement: Text


class Judge(Body):
    verdict: Literal["confirmed", "rejected"]
    finding: Text


class Conclude(Body):
    """`owner_id`: who sees to what follows from the conclusion."""

    conclusion: Text
    owner_id: UUID


class ParticipantOut(Out):
    person_id: UUID
    person_name: str
    team: str
    joined_at: datetime


class HypothesisOut(Out):
    id: UUID
    statement: str
    proposed_by: UUID
    proposed_at: datetime
    verdict: str
    finding: str | None
    judged_by: UUID | None
    judged_at: datetime | None


class JointAnalysisOut(Out):
    id: UUID
    incident_id: UUID
    number: str
    state: str
    convened_by: UUID
    convened_at: datetime
    conclusion: str | None
    owner_id: UUID | None
    concluded_by: UUID | None
    concluded_at: datetime | None
    ended_at: datetime | None = Field(description="When it ended with its incident, without a conclusion.")
    version: int
    participants: list[ParticipantOut]
    hypotheses: list[HypothesisOut]

    @classmethod
    def of(cls, whole: Session) -> JointAnalysisOut:
        of_it = {name: getattr(whole.analysis, name) for name in cls.model_fields if hasattr(whole.analysis, name)}
        return cls.model_validate(of_it | {"participants": whole.participants, "hypotheses": whole.hypotheses})
