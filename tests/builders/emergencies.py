"""What incidents hears of plans: a request of one, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from shared.events.escalation import ActivationAuthorised, ActivationRefused, ActivationRequested, ActivationWithdrawn
from tests.builders.incidents import ENGINEER, Customer


def requested(customer: Customer, incident: dict[str, Any], at: datetime) -> ActivationRequested:
    return ActivationRequested(
        activation_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        number=incident["number"],
        plan_id=uuid7(),
        plan_name_zh="网络中断应急预案",
        plan_name_en="Network outage",
        reason="Both supervisors are dead.",
        requested_by=ENGINEER.id,
        requested_at=at,
        answer_by=at + timedelta(minutes=30),
        leader_ids=(),
    )


def withdrawn(request: ActivationRequested, at: datetime) -> ActivationWithdrawn:
    return ActivationWithdrawn(**request.model_dump(), withdrawn_at=at)


def decided(request: ActivationRequested, at: datetime, *, refused: bool = False) -> Any:
    said = request.model_dump() | {"decided_by": uuid7(), "decided_by_name": "示例领导", "decided_at": at}
    return ActivationRefused(**said) if refused else ActivationAuthorised(**said, information="As reported.")
