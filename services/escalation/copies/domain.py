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
    IncidentClassified,
    IncidentClosed,
    IncidentConfirmed,
    IncidentImported,
    IncidentReported,
    IncidentResolved,
)

CLOSED = "closed"
STATE_AFTER: dict[str, str] = {
    IncidentReported.type: "reported",
    IncidentAcknowledged.type: "acknowledged",
    IncidentClassified.type: "in_progress",
    IncidentAssigned.type: "in_progress",
    IncidentResolved.type: "resolved",
    IncidentConfirmed.type: "confirmed",
    IncidentClosed.type: CLOSED,
}
"""The state of an incident after each event. Neither classifying nor assigning is possible once it is resolved."""

REPORTED = frozenset({"customer_id", "number", "title", "severity", "site_id"})
SETTLED: dict[type[Event], frozenset[str]] = {
    IncidentReported: REPORTED,
    IncidentClassified: REPORTED | {"fault_class", "analysis", "key_business_ids"},
    IncidentImported: REPORTED | {"state"},
}
"""Beside the state after it. What is not here settles the state only."""


class NotOfLeadingGroup(Forbidden):
    code = "not_of_leading_group"
    en = "Only the leading group of this customer decides here."
    zh = "此事项只能由该客户的领导小组决定。"


def facts_of(event: Event) -> dict[str, Any]:
    """The columns of the copy that an incident's event settles."""
    settled = event.model_dump(include=set(SETTLED.get(type(event), ())))
    return {"state": STATE_AFTER.get(event.type)} | settled


def require_leader(leader_ids: Collection[UUID], person_id: UUID) -> None:
    """Raise NotOfLeadingGroup unless the person is one of the customer's leaders."""
    if person_id not in leader_ids:
        raise NotOfLeadingGroup()
