"""The life of an incident: its moves, who may make them, what is said of each, and that nothing else is possible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.incidents.incidents.domain import NEEDS
from shared.auth import Principal
from shared.events.incidents import (
    IncidentAcknowledged,
    IncidentAssigned,
    IncidentClassified,
    IncidentClosed,
    IncidentConfirmed,
    IncidentResolved,
)
from shared.permissions import Role
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    ENGINEER_ID,
    SOLVED,
    a_customer,
    do,
    in_progress,
    person,
    reported,
    seen,
)
from tests.builders.talk import ask
from tests.harness import ANYBODY, OneService, principal

BODIES: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "classify": CLASSIFIED,
    "assign": {"engineer_id": str(ENGINEER_ID)},
    "visits": {"engineer_id": str(ENGINEER_ID), "planned_at": "2126-08-01T02:00:00Z"},
    "begin": {},
    "prioritise": {"impact": "high", "urgency": "low"},
    "pause": {"reason": "waiting_for_customer", "evidence": "Asked by phone for the password."},
    "resume": {},
    "resolve": SOLVED,
    "confirm": {},
    "refuse": {"reason": "The wards still have no network."},
    "reopen": {"reason": "It is down again."},
    "cancel": {"reason": "Reported by mistake."},
}
OFFERED = set(BODIES) - {"visits"} | {"plan_visit"}
ANY = {"prioritise", "cancel", "visits"}


async def test_an_incident_goes_from_report_to_close(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    path: tuple[tuple[Principal, str, dict[str, Any], str], ...] = (
        (DESK, "acknowledge", {}, "acknowledged"),
        (ENGINEER, "classify", CLASSIFIED, "triaged"),
        (DESK, "assign", BODIES["assign"], "in_progress"),
        (ENGINEER, "resolve", SOLVED, "resolved"),
        (customer.user, "confirm", {}, "closed"),
    )
    for who, move, body, state in path:
        incident = await do(incidents, who, incident, move, body)
        assert incident["state"] == state
    assert (incident["engineer_name_zh"], incident["engineer_name_en"]) == ("示例工程师", "Example Engineer")
    assert incident["confirmed_by"] == str(customer.user.id)
    assert incident["closed_at"] == incident["confirmed_at"]
    assert incident["version"] == 6


async def test_each_move_is_said_with_what_others_need(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major", quickly_solvable=False)
    await do(incidents, DESK, incident, "assign", BODIES["assign"])
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await do(incidents, customer.user, incident, "confirm")
    [acknowledged] = await incidents.said(IncidentAcknowledged)
    [classified] = await incidents.said(IncidentClassified)
    [assigned] = await incidents.said(IncidentAssigned)
    [resolved] = await incidents.said(IncidentResolved)
    [confirmed] = await incidents.said(IncidentConfirmed)
    [closed] = await incidents.said(IncidentClosed)
    assert acknowledged.acknowledged_by == DESK.id
    assert (classified.severity, classified.fault_class) == ("major", "device")
    assert (classified.key_business_ids, classified.quickly_solvable) == ((customer.business,), False)
    assert (assigned.engineer_id, assigned.engineer_name) == (ENGINEER_ID, "示例工程师")
    assert (resolved.department_ids, resolved.contact_email) == ((customer.wards,), "contact@example.com")
    assert confirmed.confirmed_by == customer.user.id
    assert (closed.title, closed.contact_name) == ("Core switch down", "示例联系人")
    assert {e.number for e in (acknowledged, classified, assigned, resolved, confirmed, closed)} == {incident["number"]}


async def test_a_fault_that_hits_no_key_business_is_told_to_all_departments(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, asset_id=str(customer.printer))
    await do(incidents, DESK, incident, "acknowledge")
    await do(incidents, DESK, incident, "assign", BODIES["assign"])
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    [resolved] = await incidents.said(IncidentResolved)
    assert set(resolved.department_ids) == {customer.wards, customer.office}


@pytest.mark.parametrize(
    ("reach", "possible"),
    [
        ((), {"acknowledge"} | ANY),
        (("acknowledge",), {"classify", "assign", "begin"} | ANY),
        (("acknowledge", "classify"), {"classify", "assign", "begin", "pause", "resolve"} | ANY),
        (("acknowledge", "begin"), {"classify", "assign", "pause", "resolve"} | ANY),
        (("acknowledge", "begin", "pause"), {"classify", "assign", "resume", "resolve"} | ANY),
        (("acknowledge", "assign", "resolve"), {"confirm", "refuse", "reopen"}),
        (("acknowledge", "assign", "resolve", "confirm"), {"reopen"}),
        (("acknowledge", "assign", "resolve", "refuse"), {"classify", "assign", "pause", "resolve"} | ANY),
        (("cancel",), {"reopen"}),
    ],
)
async def test_only_the_moves_of_a_state_are_possible(
    one_service: OneService.Factory, reach: tuple[str, ...], possible: set[str]
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    who = dict.fromkeys(("assign", "visits", "reopen", "cancel"), DESK)
    who |= dict.fromkeys(("confirm", "refuse"), customer.user)
    incident = await reported(incidents, customer)
    for move in reach:
        await do(incidents, who.get(move, ENGINEER), incident, move, BODIES[move])
    before = await seen(incidents, incident)
    await incidents.settle()
    said = len(incidents.bus.published)
    for move in BODIES.keys() - possible:
        refused = await do(incidents, who.get(move, ENGINEER), incident, move, BODIES[move], expect=409)
        assert (refused["code"], refused["state"]) == ("illegal_move", before["state"])
        assert set(refused["allowed"]) & OFFERED == {"plan_visit" if m == "visits" else m for m in possible}
    await incidents.settle()
    assert ((await seen(incidents, incident))["version"], len(incidents.bus.published)) == (before["version"], said)


async def test_what_is_allowed_depends_on_the_state_and_the_caller(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    everybody = (DESK, ENGINEER, customer.user, customer.key, principal(Role.MANAGEMENT))

    async def allowed() -> list[set[str]]:
        return [set((await seen(incidents, incident, who))["allowed"]) for who in everybody]

    over = {"cancel", "merge"}
    assert await allowed() == [
        {"acknowledge", "prioritise", "plan_visit"} | over,
        {"acknowledge", "prioritise"},
        {"cancel"},
        set(),
        set(),
    ]
    await do(incidents, DESK, incident, "acknowledge")
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    working = {"classify", "begin", "prioritise", "pause", "resolve"}
    assert await allowed() == [working | {"assign", "plan_visit"} | over, working, {"cancel"}, set(), set()]
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert await allowed() == [{"reopen", "merge"}, set(), {"confirm", "refuse", "reopen"}, set(), set()]


async def test_a_caller_is_told_why_a_move_cannot_be_made(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    both = replace(DESK, permissions=DESK.permissions | customer.user.permissions)
    told = {move["move"]: move["why_not"] for move in (await seen(incidents, incident, both))["moves"]}
    assert (told["acknowledge"], told["resolve"], told["confirm"]) == (None, "not_in_this_state", "customers_own")
    told = {move["move"]: move["why_not"] for move in (await seen(incidents, incident, ENGINEER))["moves"]}
    assert told["assign"] == "not_permitted"
    told = {move["move"]: move["why_not"] for move in (await seen(incidents, incident, customer.user))["moves"]}
    assert told == {"confirm": "not_in_this_state", "refuse": "not_in_this_state", "reopen": "not_in_this_state"} | {
        "cancel": None
    }


async def test_a_key_of_the_customer_is_not_told_of_the_providers_moves(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    assert (await seen(incidents, incident, customer.key))["moves"] == []


async def test_what_lies_below_or_was_merged_into_it_is_in_the_way_of_a_move(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, child, twin = [await in_progress(incidents, customer) for _ in range(3)]
    await ask(incidents, DESK, "PUT", f"/v1/incidents/{child['id']}/parent", json={"parent_id": parent["id"]})
    await do(incidents, DESK, twin, "merge", {"target_id": parent["id"], "reason": "The same switch."})
    told = {move["move"]: move["why_not"] for move in (await seen(incidents, parent, DESK))["moves"]}
    assert (told["cancel"], told["confirm"], told["merge"]) == ("merged_into_it", "not_permitted", None)
    await do(incidents, ENGINEER, parent, "resolve", SOLVED | {"with_children": False})
    told = {move["move"]: move["why_not"] for move in (await seen(incidents, parent, customer.user))["moves"]}
    assert (told["confirm"], told["refuse"]) == ("children_open", None)
    await do(incidents, ENGINEER, child, "resolve", SOLVED)
    assert "confirm" in (await seen(incidents, parent, customer.user))["allowed"]


@pytest.mark.parametrize("move", BODIES)
async def test_a_move_needs_its_permission(one_service: OneService.Factory, move: str) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    who = principal(Role.MANAGEMENT)
    refused = await do(incidents, who, incident, move, BODIES[move], expect=403)
    assert refused["permission"] == NEEDS["plan_visit" if move == "visits" else move].value
    await do(incidents, ANYBODY, incident, move, BODIES[move], expect=401)
    assert (await seen(incidents, incident))["version"] == 1


async def test_an_engineer_does_not_dispatch_and_a_customer_does_not_work(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await do(incidents, ENGINEER, incident, "assign", BODIES["assign"], expect=403)
    await do(incidents, customer.user, incident, "acknowledge", expect=403)


async def test_only_a_person_of_that_customer_confirms(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, other = await a_customer(incidents), await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    confirming = customer.user.permissions
    key = replace(customer.key, permissions=confirming)
    staff = replace(DESK, permissions=DESK.permissions | confirming)
    for who, status, code in (
        (staff, 403, "only_customer_confirms"),
        (key, 403, "only_customer_confirms"),
        (other.user, 404, "incident_not_found"),
    ):
        refused = await do(incidents, who, incident, "confirm", expect=status)
        assert refused["code"] == code
    assert "confirm" not in (await seen(incidents, incident, staff))["allowed"]
    assert await incidents.said(IncidentClosed) == []


@pytest.mark.parametrize(
    ("move", "body"),
    [
        ("classify", CLASSIFIED | {"severity": "urgent"}),
        ("classify", CLASSIFIED | {"fault_class": "ghost"}),
        ("classify", CLASSIFIED | {"analysis": " "}),
        ("resolve", {}),
        ("acknowledge", {"note": "x"}),
        ("assign", {"engineer_id": "me"}),
    ],
)
async def test_bad_input_moves_nothing(one_service: OneService.Factory, move: str, body: dict[str, Any]) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    who = DESK if move == "assign" else ENGINEER
    refused = await do(incidents, who, incident, move, body, expect=422)
    assert refused["code"] == "invalid_input"
    assert (await seen(incidents, incident))["version"] == 1


async def test_an_unknown_incident_cannot_be_moved(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    refused = await do(incidents, DESK, {"id": str(uuid7())}, "acknowledge", expect=404)
    assert refused["code"] == "incident_not_found"
    assert await incidents.is_empty()


async def test_only_an_active_engineer_is_assigned(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await do(incidents, DESK, incident, "acknowledge")
    gone = uuid7()
    await incidents.hear(person(gone, "甲", "A", Role.ENGINEER))
    await incidents.hear(person(gone, "甲", "A", Role.ENGINEER, active=False), sequence=2)
    for engineer in (gone, DESK.id, uuid7()):
        refused = await do(incidents, DESK, incident, "assign", {"engineer_id": str(engineer)}, expect=404)
        assert refused["code"] == "engineer_not_found"
    assert (await seen(incidents, incident))["state"] == "acknowledged"


async def test_a_move_names_the_version_it_means(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    address = f"/v1/incidents/{incident['id']}"
    async with incidents.as_(DESK) as desk:
        tag = (await desk.get(address)).headers["etag"]
        moved = await desk.post(f"{address}/acknowledge", json={}, headers={"If-Match": tag})
        stale = await desk.post(f"{address}/classify", json=CLASSIFIED, headers={"If-Match": tag})
    assert (moved.status_code, moved.headers["etag"], moved.json()["version"]) == (200, '"2"', 2)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")


async def test_the_record_of_an_incident_shows_who_did_what(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    async with incidents.as_(DESK) as desk:
        evidence = (await desk.get(f"/v1/evidence/incidents/{incident['id']}")).json()
    entries = {entry["action"]: entry for entry in evidence["entries"]}
    assert entries["report"]["actor"] == f"person:{customer.user.id}"
    assert entries["acknowledge"]["actor"] == f"person:{DESK.id}"
    assert entries["classify"]["before"]["fault_class"] is None
    assert entries["classify"]["after"]["fault_class"] == "device"
    assert entries["classify"]["information"]["analysis"] == CLASSIFIED["analysis"]
    assert entries["stop_clock"]["after"] == {"kind": "respond", "outcome": "met"}
