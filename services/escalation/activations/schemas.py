"""HTTP bodies about activations and the steps of a running plan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class RequestActivation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    incident_id: UUID
    plan_id: UUID
    reason: Account


class AuthoriseActivation(BaseModel):
    """`information`: what the decision rests on, kept for good."""

    model_config = ConfigDict(extra="forbid")

    information: Account


class RefuseActivation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Account


class CompleteStep(BaseModel):
    model_config = ConfigDict(extra="forbid")

    result: Account


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DecisionOut(Out):
    """`information`: what an authorisation rested on, or the reason of a refusal."""

    person_id: UUID
    name_zh: str
    name_en: str
    choice: str
    information: str
    decided_at: datetime


class ActivationStepOut(Out):
    """A step is changed under the version of its activation, which the answer's ETag is."""

    id: UUID
    activation_id: UUID
    position: int
    title_zh: str
    title_en: str
    measure: str
    owner_id: UUID | None
    after: list[int]
    state: str
    due_at: datetime
    started_by: UUID | None
    started_at: datetime | None
    completed_by: UUID | None
    completed_at: datetime | None
    result: str | None


class ActivationOut(Out):
    """`level`: how often nobody answered in time. There are no steps before the plan is authorised."""

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    plan_id: UUID
    plan_name_zh: str
    plan_name_en: str
    reason: str
    state: str
    requested_by: UUID
    requested_at: datetime
    answer_by: datetime
    level: int
    decided_by: UUID | None
    decided_at: datetime | None
    completed_at: datetime | None
    decisions: list[DecisionOut]
    steps: list[ActivationStepOut]
    version: int
