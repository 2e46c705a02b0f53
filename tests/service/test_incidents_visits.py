"""Visits to the site: planned by the desk, made by the engineer, and the promise to be there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import (
    ClockStopped,
    VisitArrived,
    VisitCancelled,
    VisitCompleted,
    VisitDeparted,
    VisitPlanned,
    VisitTakenUp,
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
    reported,
    seen,
    states,
)
from tests.harness import OneService, principal

PLAN = {"engineer_id": str(ENGINEER_ID), "planned_at": "2126-08-01T10:00:00+08:00"}
DONE = {"service_record": "Supervisor card replaced.", "signed_by": "示例联系人"}


async def planned(incidents: OneService, incident: dict[str, Any]) -> dict[str, Any]:
    return await do(incidents, DESK, incident, "visits", PLAN, expect=201)


async def go(
    incidents: OneService, visit: dict[str, Any], move: str, who: Principal = ENGINEER, *, expect: int = 200
) -> dict[str, Any]:
    async with incidents.as_(who) as client:
        answer = await client.post(f"/v1/visits/{visit['id']}/{move}", json=DONE if move == "complete" else {})
    assert answer.status_code == expect, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def test_a_visit_is_planned_made_and_signed(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    visit = await planned(incidents, incident)
    assert (visit["state"], visit["planned_at"]) == ("planned", "2126-08-01T02:00:00Z")
    for move, state in (("depart", "en_route"), ("arrive", "arrived"), ("complete", "done")):
        visit = await go(incidents, visit, move)
        assert visit["state"] == state
    assert (visit["service_record"], visit["signed_by"], visit["version"]) == (*DONE.values(), 4)
    async with incidents.as_(customer.user) as user:
        assert (await user.get(f"/v1/incidents/{incident['id']}/visits")).json() == [visit]
    facts = (VisitPlanned, VisitDeparted, VisitArrived, VisitCompleted)
    said = [fact for kind in facts for fact in await incidents.said(kind)]
    assert {(f.engineer_name, str(f.incident_id), str(f.visit_id)) for f in said} == {
        ("示例工程师", incident["id"], visit["id"])
    }
    assert (said[0].site_id, said[0].number, said[3].signed_by) == (customer.site, incident["number"], "示例联系人")


async def test_arrival_keeps_the_promise_to_be_on_site(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    visit = await planned(incidents, incident)
    await go(incidents, visit, "depart")
    assert states(await seen(incidents, incident))["on_site"] == "running"
    arrived = await go(incidents, visit, "arrive")
    now = await seen(incidents, incident)
    assert states(now) == {"respond": "met", "on_site": "met", "resolve": "running"}
    assert now["arrived_at"] == arrived["arrived_at"]
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert [s.outcome for s in await incidents.said(ClockStopped) if s.kind == "on_site"] == ["met"]


async def test_a_second_arrival_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    first, second = await planned(incidents, incident), await planned(incidents, incident)
    for visit in (first, second):
        await go(incidents, visit, "depart")
        visit |= await go(incidents, visit, "arrive")
        await incidents.advance(hours=3)
    now = await seen(incidents, incident)
    assert (now["arrived_at"], states(now)["on_site"]) == (first["arrived_at"], "met")


async def test_who_was_on_site_before_the_severity_asked_for_it_kept_the_promise(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents), severity="consultation")
    visit = await planned(incidents, incident)
    await go(incidents, visit, "depart")
    await go(incidents, visit, "arrive")
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert states(general)["on_site"] == "cancelled"


@pytest.mark.parametrize(
    ("reach", "possible"),
    [
        ((), "depart"),
        (("depart",), "arrive"),
        (("depart", "arrive"), "complete"),
        (("depart", "arrive", "complete"), ""),
    ],
)
async def test_a_visit_takes_its_steps_in_order(
    one_service: OneService.Factory, reach: tuple[str, ...], possible: str
) -> None:
    incidents = await one_service("incidents")
    visit = await planned(incidents, await in_progress(incidents, await a_customer(incidents)))
    for move in reach:
        await go(incidents, visit, move)
    for move in {"depart", "arrive", "complete"} - {possible}:
        refused = await go(incidents, visit, move, expect=409)
        assert (refused["code"], refused["allowed"]) == ("illegal_move", [possible] if possible else [])


async def test_a_visit_can_be_finished_after_service_is_restored(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    visit = await planned(incidents, incident)
    await go(incidents, visit, "depart")
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await go(incidents, visit, "arrive")
    assert (await go(incidents, visit, "complete"))["state"] == "done"
    assert states(await seen(incidents, incident))["on_site"] == "cancelled"


async def test_a_visit_is_recorded_by_the_engineer_who_makes_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    visit = await planned(incidents, await reported(incidents, customer))
    for who, status, code in (
        (principal(Role.ENGINEER), 403, "not_your_visit"),
        (DESK, 403, "forbidden"),
        (customer.user, 403, "forbidden"),
    ):
        assert (await go(incidents, visit, "depart", who, expect=status))["code"] == code
    assert (await go(incidents, {"id": str(uuid7())}, "depart", expect=404))["code"] == "visit_not_found"
    assert await incidents.said(VisitDeparted) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (PLAN | {"engineer_id": str(uuid7())}, 404, "engineer_not_found"),
        (PLAN | {"planned_at": "2126-08-01T10:00:00"}, 422, "invalid_input"),
        (PLAN | {"planned_at": "2026-01-01T10:00:00+08:00"}, 422, "visit_in_the_past"),
        (PLAN | {"planned_at": "9999-12-31T23:59:59Z"}, 422, "invalid_input"),
        (PLAN | {"planned_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid_input"),
        (PLAN | {"planned_at": "2200-01-01T00:00:00Z"}, 422, "invalid_input"),
        ({"engineer_id": PLAN["engineer_id"]}, 422, "invalid_input"),
    ],
)
async def test_a_visit_needs_an_engineer_and_an_exact_time(
    one_service: OneService.Factory, body: dict[str, Any], status: int, code: str
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    assert (await do(incidents, DESK, incident, "visits", body, expect=status))["code"] == code
    assert await incidents.said(VisitPlanned) == []


@pytest.mark.parametrize("item", ["fault_removal", "health_check"])
async def test_a_visit_says_what_it_is_made_for(one_service: OneService.Factory, item: str) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    said = {} if item == "fault_removal" else {"service_item": item}
    visit = await do(incidents, DESK, incident, "visits", PLAN | said, expect=201)
    for move in ("depart", "arrive", "complete"):
        visit = await go(incidents, visit, move)
    told = [*await incidents.said(VisitPlanned), *await incidents.said(VisitCompleted)]
    assert [visit["service_item"], *(fact.service_item for fact in told)] == [item] * 3
    problem = await do(incidents, DESK, incident, "visits", PLAN | {"service_item": "coffee"}, expect=422)
    assert problem["code"] == "invalid_input"


async def test_what_ends_an_incident_cancels_the_visits_to_come_and_leaves_who_is_on_site(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    to_come, on_the_way, on_site = [await planned(incidents, incident) for _ in range(3)]
    await go(incidents, on_the_way, "depart")
    for move in ("depart", "arrive"):
        await go(incidents, on_site, move)
    await do(incidents, DESK, incident, "cancel", {"reason": "Not needed after all."})
    said = await incidents.said(VisitCancelled)
    assert {str(fact.visit_id) for fact in said} == {to_come["id"], on_the_way["id"]}
    assert {fact.outcome for fact in said} == {"cancelled"}
    refused = await go(incidents, to_come, "depart", expect=409)
    assert (refused["code"], refused["state"]) == ("illegal_move", "cancelled")
    assert (await go(incidents, on_site, "complete"))["state"] == "done"


async def test_a_visit_holds_again_with_its_incident_as_long_as_it_is_to_come(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    now = await incidents.now()
    soon, later = [
        await do(incidents, DESK, incident, "visits", PLAN | {"planned_at": at.isoformat()}, expect=201)
        for at in (now + timedelta(minutes=30), now + timedelta(hours=3))
    ]
    await do(incidents, DESK, incident, "cancel", {"reason": "Not needed after all."})
    await incidents.advance(hours=1)
    await do(incidents, DESK, incident, "reopen", {"reason": "It is back."})
    async with incidents.as_(DESK) as desk:
        visits = (await desk.get(f"/v1/incidents/{incident['id']}/visits")).json()
    assert {visit["id"]: visit["state"] for visit in visits} == {soon["id"]: "cancelled", later["id"]: "planned"}
    [taken_up] = await incidents.said(VisitTakenUp)
    assert str(taken_up.visit_id) == later["id"]
    assert (await go(incidents, later, "depart"))["state"] == "en_route"


async def test_a_visit_may_be_planned_for_the_moment_that_has_just_passed(one_service: OneService.Factory) -> None:
    """A form tells minutes, and typing takes some."""
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    just_now = await incidents.now() - timedelta(minutes=4)
    await do(incidents, DESK, incident, "visits", PLAN | {"planned_at": just_now.isoformat()}, expect=201)
