"""What a loop holds of a row it has claimed: enough to make the call and to note down how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import UUID

from services.notify.outcomes import Refused, TryLater

AFTER_THE_LIMIT = timedelta(seconds=30)
"""How long a lease outlasts the longest call: time enough to note down how the call ended."""

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class Claim(Generic[Work]):
    """A leased message or delivery and its `number`th try, caused by what `traceparent` names.

    `work` is what to call with, or how the try ends without a call.
    """

    id: UUID
    customer_id: UUID
    incident_id: UUID | None
    event_id: UUID
    traceparent: str | None
    number: int
    work: Work | Refused | TryLater


def lease(limit_seconds: float) -> timedelta:
    """For how long a row is claimed whose call may take `limit_seconds`."""
    return timedelta(seconds=limit_seconds) + AFTER_THE_LIMIT
