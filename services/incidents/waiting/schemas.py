"""HTTP bodies about pauses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import Field

from services.incidents.incidents.schemas import Body, Out, Text
from shared.instant import Instant

if TYPE_CHECKING:
    from services.incidents.pauses.models import Pause


class PauseIncident(Body):
    """`evidence`: what shows that the customer is waited for. `until`: the planned end, if one is known."""

    reason: Literal["waiting_for_customer", "site_closed", "agreed_window"]
    evidence: Text
    until: Instant | None = None


class ResumeIncident(Body):
    """Nothing to say."""


class DisputePause(Body):
    dispute: Text


class SettlePause(Body):
    is_upheld: bool
    settlement: Text


class PauseOut(Out):
    """A stretch of the incident's time that does not count; a struck one counts after all.

    `planned_until_at`: when it ends by itself. Reasons resolved, closed, cancelled and merged are stretches in which
    the incident was over, until it was taken up again.
    """

    id: UUID
    incident_id: UUID
    reason: str
    from_at: datetime
    until_at: datetime | None
    planned_until_at: datetime | None
    author: str
    ended_by: str | None
    evidence: str | None
    dispute: str | None
    disputed_by: UUID | None
    disputed_at: datetime | None
    settlement: str | None
    settled_by: UUID | None
    settled_at: datetime | None
    struck_at: datetime | None = Field(description="When the pause was struck: its time counts.")
    version: int

    @classmethod
    def of(cls, pause: Pause, now: datetime) -> PauseOut:
        own = {name: getattr(pause, name) for name in cls.model_fields}
        return cls.model_validate(own | {"until_at": pause.ended_at(now)})
