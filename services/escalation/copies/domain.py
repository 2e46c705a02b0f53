"""What an incident's events say of it, and who belongs to a customer's leading group. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from shared.errors import Forbidden
from shared.events import Event
from shared.events.incidents import (
    IncidentAcknowledged,
    IncidentAssigned,
    IncidentCancelled,
    IncidentClassified,
    IncidentClosed,
    IncidentConfirmed,
    IncidentImported,
    IncidentMerged,
    IncidentPaused,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    IncidentResumed,
    IncidentUnmerged,
    SolutionRefused,
    WorkBegun,
)

OVER = frozenset({"closed", "cancelled", "merged"})
"""States in which nobody works on an incident any more."""
STATE_AFTER: dict[type[Event], str] = {
    IncidentReported: "reported",
    IncidentAcknowledged: "acknowledged",
    WorkBegun: "in_progress",
    IncidentPaused: "waiting",
    IncidentResumed: "in_progress",
    IncidentResolved: "resolved",
    IncidentConfirmed: "confirmed",
    SolutionRefused: "in_progress",
    IncidentClosed: "closed",
    IncidentCancelled: "cancelled",
    IncidentMerged: "merged",
}
"""The state of an incident after each event that does not tell it itself."""
TELLING = (IncidentClassified, IncidentAssigned, IncidentReopened, IncidentUnmerged, IncidentImported)
MOVES: tuple[type[Event], ...] = (
    *STATE_AFTER,
    *TELLING,
)

REPORTED = frozenset({"customer_id", "number", "title", "severity", "site_id"})
SETTLED: dict[type[Event], frozenset[str]] = {
    IncidentReported: REPORTED,
    IncidentClassified: REPORTED | {"fault_class", "analysis", "key_business_ids"},
    IncidentImported: REPORTED,
}
"""Beside the state after it. What is not here settles the state only."""


class NotOfLeadingGroup(Forbidden):
    code = "not_of_leading_group"
    en = "Only the leading group of this customer decides here."
    zh = "此事项只能由该客户的领导小组决定。"


def facts_of(event: Event) -> dict[str, Any]:
    """The columns of the copy that an incident's event settles."""
    settled = event.model_dump(include=set(SETTLED.get(type(event), ())))
    told = event.state if isinstance(event, TELLING) else STATE_AFTER[type(event)]
    return {"state": told} | settled


def require_leader(leader_ids: Collection[UUID], person_id: UUID) -> None:
    """Raise NotOfLeadingGroup unless the person is one of the customer's leaders."""
    if person_id not in leader_ids:
        raise NotOfLeadingGroup()
