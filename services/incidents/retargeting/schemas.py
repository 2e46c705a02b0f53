"""HTTP bodies of the what-if."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.incidents.clocks.domain import Kind, Unit
from services.incidents.incidents.domain import Severity
from services.incidents.incidents.schemas import Body, Out
from shared.events.contracts import Target
from shared.lengths import Seconds, require_few_days


class ProposedTarget(BaseModel):
    """A target as the draft of an agreement takes it: at most 366 days of seconds, or 3660 working days."""

    model_config = ConfigDict(extra="forbid")

    severity: Severity
    kind: Kind
    amount: Seconds
    unit: Unit

    @model_validator(mode="after")
    def _few_days(self) -> Self:
        require_few_days(self.amount, self.unit)
        return self

    @property
    def target(self) -> Target:
        return Target(**self.model_dump(mode="json"))


class WhatIf(Body):
    """The agreement as it would be: another calendar, other targets, another cap on pauses; what is left out stays.
    Nothing is changed.

    Targets and cap change by an amendment only: its open incidents are shown as if both sides signed it for them too.
    `replaces`: the proposal is an amendment for open incidents, so those of earlier versions of its contract count too.
    """

    agreement_id: UUID
    calendar: dict[str, Any] | None = None
    targets: Annotated[list[ProposedTarget], Field(min_length=1, max_length=200)] | None = None
    pause_cap_seconds: Seconds | None = Field(
        default=None, description="For how long an incident may wait in all; null: without a cap. Left out, it stays."
    )
    replaces: bool = False
    after: UUID | None = Field(default=None, description="Go on after this incident: the `next` of the answer before.")

    @property
    def changes(self) -> dict[str, Any]:
        """What is proposed. Only a cap may be proposed to be none."""
        told = self.model_dump(include={"calendar", "targets", "pause_cap_seconds"}, exclude_unset=True)
        return {name: value for name, value in told.items() if value is not None or name == "pause_cap_seconds"}


class MovedOut(Out):
    """A clock that would move, with its state and due time as they are and as they would be.

    Without a new state it would not be promised any more; without a due time it stands still with no end planned.
    """

    incident_id: UUID
    number: str
    kind: str
    about_id: UUID | None
    state: str
    due_at: datetime | None
    new_state: str | None
    new_due_at: datetime | None


class AddedOut(Out):
    """A clock that would begin, with its state and due time as they would be. It runs from what began it; the next
    update would be owed from now on.
    """

    incident_id: UUID
    number: str
    kind: str
    about_id: UUID | None
    state: str
    due_at: datetime | None


class ForeseenOut(Out):
    """`examined` open clocks of the next incidents; `next`: more of them follow, after this incident.

    `added`: what would be promised of incidents whose service is not restored, and is not now.
    """

    examined: int
    moved: list[MovedOut]
    added: list[AddedOut]
    next: UUID | None
