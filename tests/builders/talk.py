"""Saying, attaching and entering at an incident, as somebody."""

from __future__ import annotations

from typing import Any

import httpx

from shared.auth import Principal
from shared.permissions import Role
from tests.builders.incidents import Customer
from tests.harness import OneService, principal

LOG = b"2026-03-02 09:30 supervisor card: no answer\n"
Incident = dict[str, Any]


def colleague_of(customer: Customer) -> Principal:
    """Another user of the same customer."""
    return principal(Role.CUSTOMER_USER, customer_id=customer.id, name="李护士")


async def ask(
    incidents: OneService, who: Principal, method: str, path: str, *, expect: int = 200, **options: Any
) -> Any:
    """Send a request, and see it answered with `expect`; returns what the answer says."""
    async with incidents.as_(who) as client:
        answer = await client.request(method, path, **options)
    assert answer.status_code == expect, answer.text
    return answer.json() if answer.content else None


async def say(
    incidents: OneService, who: Principal, incident: Incident, text: str, *, expect: int = 201, **more: Any
) -> Any:
    path = f"/v1/incidents/{incident['id']}/comments"
    return await ask(incidents, who, "POST", path, expect=expect, json={"text": text, **more})


async def said(incidents: OneService, who: Principal, incident: Incident) -> list[str]:
    """What somebody reads about the incident, oldest first."""
    listed = await ask(incidents, who, "GET", f"/v1/incidents/{incident['id']}/comments")
    return [comment["text"] for comment in reversed(listed)]


async def attach(
    incidents: OneService, who: Principal, incident: Incident, content: Any = LOG, *, expect: int = 201, **query: Any
) -> Any:
    path, params = f"/v1/incidents/{incident['id']}/attachments", {"name": "核心交换机.log"} | query
    return await ask(incidents, who, "POST", path, expect=expect, params=params, content=content)


async def attached(incidents: OneService, who: Principal, incident: Incident) -> list[str]:
    listed = await ask(incidents, who, "GET", f"/v1/incidents/{incident['id']}/attachments")
    return [attachment["id"] for attachment in listed]


async def downloaded(incidents: OneService, who: Principal, attachment: Incident) -> httpx.Response:
    async with incidents.as_(who) as client:
        return await client.get(f"/v1/attachments/{attachment['id']}")


async def told_types(incidents: OneService, who: Principal, incident: Incident) -> list[str]:
    """The types of events in the incident's timeline, after it heard all that incidents said."""
    await incidents.settle()
    for envelope in incidents.bus.published:
        await incidents.runtime.inbox.receive(envelope)
    timeline = await ask(incidents, who, "GET", f"/v1/incidents/{incident['id']}/timeline?limit=200")
    return [entry["type"] for entry in timeline]
