"""Difficult problems: the teams an incident goes through, and what they find out together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clients.models.base import Answer


class Segment(Answer):
    """A team's stretch of an incident; `counted_seconds` of its resolve clock."""

    team: str
    engineer_id: UUID | None = None
    from_at: datetime
    until_at: datetime | None
    seconds: int
    counted_seconds: int | None = None


class Participant(Answer):
    person_id: UUID
    person_name: str
    team: str


class Hypothesis(Answer):
    id: UUID
    statement: str
    verdict: str
    finding: str | None


class JointAnalysis(Answer):
    id: UUID
    state: str
    convened_at: datetime
    concluded_at: datetime | None
    ended_at: datetime | None = None
    conclusion: str | None
    participants: tuple[Participant, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
