"""A pause came to its planned end, and nothing ran to see it: state, moves and lists say so as the clocks do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared.events.incidents import IncidentPaused, IncidentResumed, PauseSettled
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    ENGINEER_ID,
    SOLVED,
    Customer,
    a_customer,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.pauses import ASKED, down_for
from tests.builders.talk import ask
from tests.harness import OneService, principal

AUDIT = tables_of("incidents")["audit"]
SYSTEM = "system:incidents"


async def waited(incidents: OneService, customer: Customer | None = None) -> tuple[Customer, dict[str, Any]]:
    """An incident whose pause of an hour was over an hour ago."""
    customer = customer or await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    until = (await incidents.now() + timedelta(hours=1)).isoformat()
    await do(incidents, ENGINEER, incident, "pause", ASKED | {"until": until})
    down_for(incidents, hours=2)
    return customer, incident


async def listed(incidents: OneService, *in_states: str) -> set[str]:
    found = await ask(incidents, DESK, "GET", "/v1/incidents", params={"state": list(in_states)})
    return {one["number"] for one in found}


async def test_it_is_in_progress_wherever_it_is_read(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await waited(incidents)
    other = await reported(incidents, customer)
    still = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, still, "pause", ASKED)
    await ask(incidents, DESK, "PUT", f"/v1/incidents/{other['id']}/related/{incident['id']}", json={"reason": "Same."})
    for _ in range(2):
        now = await seen(incidents, incident, ENGINEER)
        assert (now["state"], states(now)["resolve"]) == ("in_progress", "running")
        assert {"pause", "resolve"} <= set(now["allowed"])
        assert "resume" not in now["allowed"]
        assert await listed(incidents, "in_progress") == {incident["number"]}
        assert await listed(incidents, "waiting") == {still["number"]}
        assert await listed(incidents, "waiting", "reported") == {still["number"], other["number"]}
        assert await listed(incidents, "waiting", "in_progress") == {still["number"], incident["number"]}
        [related] = await ask(incidents, DESK, "GET", f"/v1/incidents/{other['id']}/related")
        assert related["state"] == "in_progress"
        async with incidents.as_(DESK) as desk:
            exported = (await desk.get("/v1/incidents:export", headers={"accept-language": "en"})).text
        [line] = [line for line in exported.splitlines() if incident["number"] in line]
        assert "in progress" in line.lower()
        await incidents.settle()


async def test_a_move_finds_it_in_progress_and_the_pause_ended_by_itself(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    _, incident = await waited(incidents)
    refused = await do(incidents, ENGINEER, incident, "resume", expect=409)
    assert (refused["code"], refused["state"]) == ("illegal_move", "in_progress")
    assert "pause" in refused["allowed"]
    again = await do(incidents, ENGINEER, incident, "pause", ASKED)
    assert (again["state"], states(again)["resolve"]) == ("waiting", "paused")
    await incidents.settle()
    said = [e.type for e in incidents.bus.published if e.type in (IncidentPaused.type, IncidentResumed.type)]
    assert said == [IncidentPaused.type, IncidentResumed.type, IncidentPaused.type]
    [ended] = await incidents.said(IncidentResumed)
    first, second = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/pauses")
    assert (ended.by_itself, str(ended.pause_id)) == (True, first["id"])
    assert (first["until_at"], first["ended_by"], second["until_at"]) == (first["planned_until_at"], SYSTEM, None)
    assert (await seen(incidents, incident))["state"] == "waiting"
    entries = await incidents.rows(select(AUDIT.c.action, AUDIT.c.actor).where(AUDIT.c.subject == incident["id"]))
    assert [actor for action, actor in entries if action == "resume"] == [SYSTEM]


@pytest.mark.parametrize(
    ("move", "body", "state"),
    [
        ("classify", CLASSIFIED | {"severity": "disaster"}, "in_progress"),
        ("assign", {"engineer_id": str(ENGINEER_ID)}, "in_progress"),
        ("resolve", SOLVED, "resolved"),
        ("cancel", {"reason": "Sold."}, "cancelled"),
        ("merge", {"reason": "The same."}, "merged"),
    ],
)
async def test_whatever_is_done_next_comes_after_the_end_of_the_pause(
    one_service: OneService.Factory, move: str, body: dict[str, Any], state: str
) -> None:
    incidents = await one_service("incidents")
    customer, incident = await waited(incidents)
    if move == "merge":
        body = body | {"target_id": (await reported(incidents, customer))["id"]}
    version = (await seen(incidents, incident))["version"]
    moved = await do(incidents, DESK, incident, move, body)
    assert (moved["state"], moved["version"]) == (state, version + 2)
    assert clock(moved, "resolve")["counted_seconds"] // 60 == 60
    await incidents.settle()
    assert [ended.by_itself for ended in await incidents.said(IncidentResumed)] == [True]
    assert (await seen(incidents, incident))["state"] == state


async def test_children_that_waited_are_resolved_with_their_parent(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, child = await waited(incidents)
    parent = await in_progress(incidents, customer)
    await ask(incidents, DESK, "PUT", f"/v1/incidents/{child['id']}/parent", json={"parent_id": parent["id"]})
    await do(incidents, ENGINEER, parent, "resolve", SOLVED | {"with_children": True})
    await incidents.settle()
    assert (await seen(incidents, child))["state"] == "resolved"
    assert [ended.by_itself for ended in await incidents.said(IncidentResumed)] == [True]


async def test_a_pause_that_was_over_is_struck_without_another_end(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await waited(incidents)
    [pause] = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/pauses")
    await ask(incidents, customer.user, "POST", f"/v1/pauses/{pause['id']}/dispute", json={"dispute": "No."})
    verdict = {"is_upheld": False, "settlement": "So it is."}
    await ask(incidents, principal(Role.QUALITY), "POST", f"/v1/pauses/{pause['id']}/settle", json=verdict)
    now = await seen(incidents, incident)
    assert (now["state"], clock(now, "resolve")["counted_seconds"] // 60) == ("in_progress", 120)
    assert [ended.by_itself for ended in await incidents.said(IncidentResumed)] == [True]
    assert [settled.outcome for settled in await incidents.said(PauseSettled)] == ["struck"]
