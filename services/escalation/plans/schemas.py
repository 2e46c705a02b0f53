"""HTTP bodies about contingency plans and their drills."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
FaultClass = Literal["device", "line", "software", "power_or_connection", "other"]
PlanState = Literal["draft", "in_drill", "drilled", "approved", "in_force", "superseded", "retired"]


class DraftStep(BaseModel):
    """One measure. `minutes`: how long it may take; `after`: positions it waits for (left out: the step before it)."""

    model_config = ConfigDict(extra="forbid")

    title_zh: Name
    title_en: Name
    measure: Literal["it", "non_it"]
    minutes: int = Field(ge=1, le=10_080)
    owner_id: UUID | None = None
    after: list[int] | None = Field(default=None, max_length=100)


class DraftPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer_id: UUID
    name_zh: Name
    name_en: Name
    fault_class: FaultClass
    scenario: Account
    key_business_ids: list[UUID] = Field(default_factory=list, max_length=100)
    steps: list[DraftStep] = Field(min_length=1, max_length=100)


class StartDrill(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scenario: Account
    participant_ids: list[UUID] = Field(min_length=1, max_length=200)


class EvaluateDrill(BaseModel):
    """`score`: 0 to 100."""

    model_config = ConfigDict(extra="forbid")

    passed: bool
    score: float = Field(ge=0, le=100)
    summary: Account


class RetirePlan(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Account


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PlanStepOut(Out):
    id: UUID
    position: int
    title_zh: str
    title_en: str
    measure: str
    minutes: int
    owner_id: UUID | None
    after: list[int]


class DrillOut(Out):
    """`composition`: share (0 to 1) of the people who act in the plan that took part; null if it names nobody."""

    id: UUID
    scenario: str
    participant_ids: list[UUID]
    composition: float | None
    started_by: UUID
    started_at: datetime
    passed: bool | None
    score: float | None
    summary: str | None
    evaluated_by: UUID | None
    evaluated_at: datetime | None


class PlanOut(Out):
    id: UUID
    customer_id: UUID
    revision: int
    name_zh: str
    name_en: str
    fault_class: str
    scenario: str
    key_business_ids: list[UUID]
    state: str
    drafted_by: UUID
    drafted_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    in_force_at: datetime | None
    ended_at: datetime | None
    steps: list[PlanStepOut]
    drills: list[DrillOut]
    version: int
