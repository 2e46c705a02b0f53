"""What incidents hears of external parties: one that was engaged, and that it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from shared.events.escalation import EngagementMoved, PartyEngaged
from tests.builders.incidents import Customer


def engaged(customer: Customer, incident: dict[str, Any], at: datetime) -> PartyEngaged:
    return PartyEngaged(
        engagement_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        number=incident["number"],
        title=incident["title"],
        party_name="Example Vendor",
        party_email=None,
        party_locale="en",
        fault_class="device",
        contacted_at=at,
    )


def finished(engagement: PartyEngaged, at: datetime) -> EngagementMoved:
    said = engagement.model_dump(include={"engagement_id", "incident_id", "customer_id", "party_name"})
    return EngagementMoved(**said, state="done", moved_at=at)
