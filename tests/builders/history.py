"""Histories as another system recorded them, and their import."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.auth import Principal
from shared.permissions import Role
from tests.harness import OneService, principal

ADMINISTRATOR = principal(Role.ADMINISTRATOR)
SOURCE = "servicenow"


def fact(at: str, state: str | None = None, **more: Any) -> dict[str, Any]:
    return {"at": at, "by": "Agent 7", "state": state} | more


def history(number: str = "INC0000045", **changes: Any) -> dict[str, Any]:
    """A general fault of 2025-03-03 by the desk's record: answered after 40 min, resolved after 9 h, closed later."""
    recorded = {
        "number": number,
        "title": "Mail is slow",
        "description": "Mails take minutes to arrive.",
        "channel": "hotline",
        "severity": "general",
        "contact_name": "Caller 12",
        "contact_email": "caller@example.com",
        "reported_at": "2025-03-03T09:00:00+08:00",
        "resolved_at": "2025-03-03T18:00:00+08:00",
        "closed_at": "2025-03-08T12:00:00+08:00",
        "resolved_by": "Resolver 3",
        "solution": "code 5",
        "facts": [
            fact("2025-03-03T09:05:00+08:00", "reported", team="Group 1", details={"category": "Mail"}),
            fact("2025-03-03T09:40:00+08:00", "in_progress", assignee="Resolver 3"),
            fact("2025-03-03T14:00:00+08:00", "waiting"),
            fact("2025-03-03T17:30:00+08:00", "resolved"),
            fact("2025-03-08T12:00:00+08:00", "closed"),
        ],
    }
    return recorded | changes


async def imported(
    incidents: OneService,
    customer_id: UUID,
    *histories: dict[str, Any],
    by: Principal = ADMINISTRATOR,
    expect: int = 200,
    language: str = "en",
    **more: Any,
) -> Any:
    """The answer to an import: the results of one that was taken, else the problem."""
    body = {"source": SOURCE, "customer_id": str(customer_id), "incidents": list(histories)} | more
    async with incidents.as_(by) as client:
        answer = await client.post("/v1/incidents:import", json=body, headers={"Accept-Language": language})
    assert answer.status_code == expect, answer.text
    return answer.json()["results"] if expect == 200 else answer.json()
