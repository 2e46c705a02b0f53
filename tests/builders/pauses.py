"""Incidents that wait, what is seen of their pauses, and time that passes while nothing runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.builders.incidents import DESK, ENGINEER, Customer, a_customer, do, in_progress
from tests.harness import OneService

ASKED = {"reason": "waiting_for_customer", "evidence": "Asked by phone for the door's key."}
FAR_AHEAD = ASKED | {"until": "2199-12-31T14:00:00Z"}


def down_for(incidents: OneService, **step: float) -> None:
    """Time passes and nothing runs."""
    incidents.time.advance(timedelta(**step))


async def pauses_of(incidents: OneService, incident: dict[str, Any], who: Any = DESK) -> list[dict[str, Any]]:
    async with incidents.as_(who) as client:
        answer = await client.get(f"/v1/incidents/{incident['id']}/pauses")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def capped(incidents: OneService, cap_seconds: int | None, **asked: Any) -> tuple[Customer, dict[str, Any]]:
    """An incident that waits since now under an agreement with a cap."""
    customer = Customer()
    await a_customer(incidents, customer.agreed(pause_cap_seconds=cap_seconds), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED | asked)
    return customer, incident
