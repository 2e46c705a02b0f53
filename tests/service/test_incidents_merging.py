"""Merging loses nothing and can be undone; families fan out and hold their parent open."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import (
    ChildrenChanged,
    IncidentAbsorbed,
    IncidentMerged,
    IncidentReleased,
    IncidentUnmerged,
    ParentChanged,
)
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    SOLVED,
    a_customer,
    armed_timers,
    broken,
    counted_minutes,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.harness import OneService

TWICE = {"reason": "The same switch."}


async def merged(incidents: OneService, source: dict[str, Any], target: dict[str, Any], **more: Any) -> dict[str, Any]:
    return await do(incidents, DESK, source, "merge", {"target_id": target["id"]} | TWICE, **more)


async def put_below(
    incidents: OneService, child: dict[str, Any], parent_id: str, who: Principal = DESK, *, expect: int = 200
) -> dict[str, Any]:
    async with incidents.as_(who) as client:
        answer = await client.put(f"/v1/incidents/{child['id']}/parent", json={"parent_id": parent_id})
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(incidents: OneService, incident: dict[str, Any], what: str, who: Principal = DESK) -> list[str]:
    async with incidents.as_(who) as client:
        answer = await client.get(f"/v1/incidents/{incident['id']}/{what}")
    assert answer.status_code == 200, answer.text
    return [found["number"] for found in answer.json()]


async def test_what_is_merged_owes_nothing_until_it_is_unmerged(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await incidents.advance(minutes=30)
    gone = await merged(incidents, source, target)
    assert (gone["state"], gone["merged_into_id"]) == ("merged", target["id"])
    assert states(gone) == {"respond": "met", "on_site": "cancelled", "resolve": "cancelled"}
    assert await listed(incidents, target, "merged") == [source["number"]]
    await incidents.advance(days=3)
    assert "resolve" in await broken(incidents)
    assert len(await broken(incidents)) == 2
    back = await do(incidents, DESK, source, "unmerge", {"reason": "Another switch after all."})
    assert (back["state"], back["merged_into_id"]) == ("triaged", None)
    assert (states(back)["resolve"], counted_minutes(back, "resolve")) == ("running", 30)
    assert await listed(incidents, target, "merged") == []
    await incidents.advance(hours=7, minutes=31)
    assert len(await broken(incidents)) == 4


async def test_a_merge_is_told_on_both_sides(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await reported(incidents, customer), await reported(incidents, customer)
    await merged(incidents, source, target)
    await do(incidents, DESK, source, "unmerge", TWICE)
    [gone], [back] = await incidents.said(IncidentMerged), await incidents.said(IncidentUnmerged)
    assert (gone.target_number, gone.former_state, gone.contact_name) == (target["number"], "reported", "示例联系人")
    assert (back.target_number, back.state) == (target["number"], "reported")
    [taken], [left] = await incidents.said(IncidentAbsorbed), await incidents.said(IncidentReleased)
    assert str(taken.incident_id) == str(left.incident_id) == target["id"]
    assert taken.merged_number == source["number"]


async def test_what_was_done_meanwhile_keeps_its_promise(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await in_progress(incidents, customer), await in_progress(incidents, customer)
    planned = {"engineer_id": str(ENGINEER.id), "planned_at": (await incidents.now()).isoformat()}
    visit = await do(incidents, DESK, source, "visits", planned, expect=201)
    await merged(incidents, source, target)
    async with incidents.as_(ENGINEER) as engineer:
        for move in ("depart", "arrive"):
            answer = await engineer.post(f"/v1/visits/{visit['id']}/{move}", json={})
            assert answer.status_code == 200
    back = await do(incidents, DESK, source, "unmerge", TWICE)
    assert states(back)["on_site"] == "met"


async def test_what_waits_can_be_merged_and_its_pause_ends_there(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await do(incidents, DESK, source, "pause", {"reason": "waiting_for_customer", "evidence": "A mail."})
    await incidents.advance(minutes=30)
    assert (await merged(incidents, source, target))["state"] == "merged"
    await incidents.advance(minutes=30)
    back = await do(incidents, DESK, source, "unmerge", TWICE)
    await incidents.advance(minutes=10)
    found = await seen(incidents, back)
    assert (found["state"], counted_minutes(found, "resolve")) == ("in_progress", 10)


async def test_an_incident_is_not_cancelled_with_what_was_merged_into_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await merged(incidents, source, target)
    refused = await do(incidents, DESK, target, "cancel", {"reason": "No fault."}, expect=409)
    assert (refused["code"], refused["numbers"]) == ("merged_into_it", [source["number"]])
    await do(incidents, DESK, source, "unmerge", TWICE)
    assert (await do(incidents, DESK, target, "cancel", {"reason": "No fault."}))["state"] == "cancelled"


async def test_a_child_that_was_merged_into_its_parent_comes_back_without_one_that_is_closed(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, child = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await put_below(incidents, child, parent["id"])
    await merged(incidents, child, parent)
    await do(incidents, ENGINEER, parent, "resolve", SOLVED)
    await do(incidents, customer.user, parent, "confirm")
    back = await do(incidents, DESK, child, "unmerge", TWICE)
    assert (back["state"], back["parent_id"]) == ("triaged", None)


async def test_merges_that_cannot_be(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, other = await a_customer(incidents), await a_customer(incidents)
    one, two, three = [await reported(incidents, customer) for _ in range(3)]
    foreign, over = await reported(incidents, other), await reported(incidents, customer)
    await do(incidents, DESK, over, "cancel", TWICE)
    await merged(incidents, two, one)
    await merged(incidents, three, over, expect=409)
    tries = (
        (one, one["id"], 422, "merge_into_itself"),
        (one, two["id"], 409, "merge_cycle"),
        (three, two["id"], 409, "merge_target_over"),
        (three, over["id"], 409, "merge_target_over"),
        (three, foreign["id"], 404, "incident_not_found"),
        (three, str(uuid7()), 404, "incident_not_found"),
        (two, three["id"], 409, "illegal_move"),
    )
    for source, target_id, status, code in tries:
        before = await seen(incidents, source)
        refused = await do(incidents, DESK, source, "merge", {"target_id": target_id} | TWICE, expect=status)
        assert refused["code"] == code
        assert await seen(incidents, source) | {"clocks": []} == before | {"clocks": []}
    assert (await do(incidents, DESK, three, "unmerge", TWICE, expect=409))["code"] == "illegal_move"


async def test_a_chain_of_merges_leads_to_the_last(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    one, two, three = [await reported(incidents, customer) for _ in range(3)]
    await merged(incidents, one, two)
    await merged(incidents, two, three)
    assert (await merged(incidents, three, one, expect=409))["code"] == "merge_cycle"
    assert await listed(incidents, three, "merged") == [two["number"]]
    assert (await do(incidents, DESK, one, "unmerge", TWICE))["state"] == "reported"


@pytest.mark.parametrize("move", ["acknowledge", "classify", "resolve", "cancel", "reopen", "pause"])
async def test_nobody_works_on_what_is_merged(one_service: OneService.Factory, move: str) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, source = await reported(incidents, customer), await reported(incidents, customer)
    await merged(incidents, source, target)
    bodies = {
        "classify": {"severity": "major", "fault_class": "device", "analysis": "x"},
        "resolve": SOLVED,
        "cancel": TWICE,
        "reopen": TWICE,
        "pause": {"reason": "waiting_for_customer", "evidence": "x"},
    }
    refused = await do(incidents, DESK, source, move, bodies.get(move, {}), expect=409)
    assert (refused["code"], refused["allowed"]) == ("illegal_move", ["unmerge"])


async def test_a_parents_solution_is_its_childrens(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent = await in_progress(incidents, customer)
    worked, new = await in_progress(incidents, customer), await reported(incidents, customer)
    for child in (worked, new):
        assert (await put_below(incidents, child, parent["id"]))["parent_id"] == parent["id"]
    assert await listed(incidents, parent, "children", customer.user) == [worked["number"], new["number"]]
    await do(incidents, ENGINEER, parent, "resolve", SOLVED)
    now = [await seen(incidents, child) for child in (worked, new)]
    assert [(child["state"], child["solution"]) for child in now] == [("resolved", SOLVED["solution"])] * 2
    assert states(now[1]) == {"respond": "met", "on_site": "cancelled", "resolve": "met"}
    assert await armed_timers(incidents) == []


async def test_a_parent_is_not_closed_while_children_are_open(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, child = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await put_below(incidents, child, parent["id"])
    await do(incidents, ENGINEER, parent, "resolve", SOLVED | {"with_children": False})
    refused = await do(incidents, customer.user, parent, "confirm", expect=409)
    assert (refused["code"], refused["numbers"]) == ("children_open", [child["number"]])
    assert (await seen(incidents, parent))["state"] == "resolved"
    await do(incidents, ENGINEER, child, "resolve", SOLVED)
    assert (await do(incidents, customer.user, parent, "confirm"))["state"] == "closed"


async def test_a_child_that_moves_to_another_parent_is_told_to_both(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    first, second, child = [await reported(incidents, customer) for _ in range(3)]
    for parent in (first, first, second):
        await put_below(incidents, child, parent["id"])
    told = [(str(said.incident_id), said.outcome) for said in await incidents.said(ChildrenChanged)]
    assert told == [(first["id"], "linked"), (first["id"], "unlinked"), (second["id"], "linked")]
    await merged(incidents, child, second)
    assert (await put_below(incidents, child, first["id"], expect=409))["code"] == "child_over"


async def test_families_that_cannot_be(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, other = await a_customer(incidents), await a_customer(incidents)
    parent, child, third = [await reported(incidents, customer) for _ in range(3)]
    foreign, over = await reported(incidents, other), await reported(incidents, customer)
    await do(incidents, DESK, over, "cancel", TWICE)
    await put_below(incidents, child, parent["id"])
    for below, above, status, code in (
        (parent, parent["id"], 422, "parent_of_itself"),
        (third, child["id"], 409, "parent_is_child"),
        (parent, third["id"], 409, "child_is_parent"),
        (third, over["id"], 409, "parent_over"),
        (third, foreign["id"], 404, "incident_not_found"),
    ):
        assert (await put_below(incidents, below, above, expect=status))["code"] == code
    await put_below(incidents, third, parent["id"], customer.user, expect=403)
    assert (await merged(incidents, parent, third, expect=409))["code"] == "merge_has_children"
    async with incidents.as_(DESK) as desk:
        left = await desk.delete(f"/v1/incidents/{child['id']}/parent")
        again = await desk.delete(f"/v1/incidents/{child['id']}/parent")
    assert (left.json()["parent_id"], again.json()["code"]) == (None, "no_parent")
    assert [changed.parent_number for changed in await incidents.said(ParentChanged)] == [parent["number"], "-"]
