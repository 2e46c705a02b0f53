"""How an incident ends, and how it is taken up again: nothing that was counted is lost, nothing is promised anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.incidents.incidents.models import Incident
from shared.calendar import chinese_office_hours
from shared.events.incidents import (
    ClockStopped,
    IncidentCancelled,
    IncidentClosed,
    IncidentReopened,
    SolutionRefused,
)
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    Customer,
    a_customer,
    armed_timers,
    broken,
    clock,
    counted_minutes,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.talk import ask
from tests.harness import OneService

WHY = {"reason": "The wards are dark again."}
ALL_WEEK = {"zone": "Asia/Shanghai", "week": [[["00:00", "24:00"]]] * 7, "exceptions": {}}


async def test_a_refused_solution_lets_the_resolution_run_on(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await incidents.advance(hours=3)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(hours=20)
    refused = await do(incidents, customer.user, incident, "refuse", WHY)
    assert (refused["state"], refused["resolved_at"], refused["solution"]) == ("in_progress", None, None)
    assert (states(refused)["resolve"], counted_minutes(refused, "resolve")) == ("running", 180)
    [said] = await incidents.said(SolutionRefused)
    assert (said.reason_given, said.refused_by) == (WHY["reason"], customer.user.id)
    await incidents.advance(hours=5, seconds=1)
    assert "resolve" in await broken(incidents)


async def test_a_reopened_incident_resumes_and_never_resets(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await incidents.advance(hours=1)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(hours=2)
    await do(incidents, customer.user, incident, "confirm")
    await incidents.advance(days=9)
    reopened = await do(incidents, customer.user, incident, "reopen", WHY)
    assert (reopened["state"], reopened["closed_at"], reopened["confirmed_at"]) == ("in_progress", None, None)
    assert [counted_minutes(reopened, kind) for kind in ("on_site", "resolve")] == [60, 60]
    [said] = await incidents.said(IncidentReopened)
    assert said.reason_given == WHY["reason"]
    await incidents.advance(hours=6, minutes=59)
    again = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert (states(again)["resolve"], counted_minutes(again, "resolve")) == ("met", 8 * 60 - 1)


async def test_what_was_broken_stays_broken_when_reopened(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(hours=9)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    reopened = await do(incidents, DESK, incident, "reopen", WHY)
    assert states(reopened)["resolve"] == "breached"
    await incidents.advance(hours=1)
    assert (await broken(incidents)).count("resolve") == 1


async def test_a_cancelled_incident_owes_nothing_and_can_be_taken_up_where_it_was(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await incidents.advance(minutes=30)
    cancelled = await do(incidents, customer.user, incident, "cancel", {"reason": "Our mistake."})
    assert (cancelled["state"], set(states(cancelled).values())) == ("cancelled", {"cancelled"})
    assert await armed_timers(incidents) == []
    [said] = await incidents.said(IncidentCancelled)
    assert said.reason_given == "Our mistake."
    await incidents.advance(days=2)
    back = await do(incidents, DESK, incident, "reopen", WHY)
    assert (back["state"], counted_minutes(back, "respond")) == ("reported", 30)
    await incidents.advance(minutes=31)
    assert await broken(incidents) == ["respond"]


async def test_nobody_answers_and_after_the_agreed_days_it_is_closed(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    start = await incidents.now()
    friday = start + timedelta(days=(4 - start.weekday()) % 7 + 7)
    at_noon = friday.replace(hour=3, minute=0, second=0, microsecond=0)
    saturday, monday = (at_noon + timedelta(days=1)).date(), (at_noon + timedelta(days=3)).date()
    calendar = chinese_office_hours([monday], [saturday]).to_data()
    await a_customer(incidents, customer.agreed(close_after_days=2, calendar=calendar), of=customer)
    await incidents.advance(seconds=(at_noon - start).total_seconds())
    incident = await in_progress(incidents, customer)
    resolved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    closes_at = datetime.fromisoformat(resolved["closes_at"])
    assert closes_at.date() == (at_noon + timedelta(days=4)).date()
    await incidents.advance(seconds=(closes_at - await incidents.now()).total_seconds() - 1)
    assert (await seen(incidents, incident))["state"] == "resolved"
    await incidents.advance(seconds=2)
    assert (await seen(incidents, incident))["state"] == "closed"
    [said] = await incidents.said(IncidentClosed)
    assert (said.unanswered, said.closed_at.tzinfo) == (True, UTC)


async def test_an_answer_in_time_leaves_nothing_to_close(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(close_after_days=1), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await do(incidents, customer.user, incident, "refuse", WHY)
    await incidents.advance(days=10)
    now = await seen(incidents, incident)
    assert (now["state"], now["closes_at"]) == ("in_progress", None)


async def test_without_agreed_days_it_stays_resolved(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    resolved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(days=100)
    assert (resolved["closes_at"], (await seen(incidents, incident))["state"]) == (None, "resolved")


async def test_after_a_merge_is_undone_there_are_the_agreed_days_to_answer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(close_after_days=2, calendar=ALL_WEEK), of=customer)
    target, incident = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    merged = await do(incidents, DESK, incident, "merge", {"target_id": target["id"], "reason": "The same."})
    await incidents.advance(days=20)
    back = await do(incidents, DESK, incident, "unmerge", {"reason": "Another one."})
    await incidents.settle()
    assert (merged["closes_at"], await seen(incidents, incident)) == (None, back)
    undone_at = datetime.fromisoformat(back["closes_at"]) - timedelta(days=2)
    assert timedelta() <= await incidents.now() - undone_at < timedelta(hours=1)
    await incidents.hear(customer.agreed(close_after_days=5, calendar=ALL_WEEK), sequence=2)
    await incidents.settle()
    longer = await seen(incidents, incident)
    assert datetime.fromisoformat(longer["closes_at"]) == undone_at + timedelta(days=5)


async def test_what_waits_once_more_for_its_children_waits_as_long_whatever_is_heard(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    agreed = customer.agreed(close_after_days=2, calendar=ALL_WEEK)
    await a_customer(incidents, agreed, of=customer)
    parent, child = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await ask(incidents, DESK, "PUT", f"/v1/incidents/{child['id']}/parent", json={"parent_id": parent["id"]})
    first = await do(incidents, ENGINEER, parent, "resolve", SOLVED)
    await incidents.advance(days=2, seconds=1)
    again = await seen(incidents, parent)
    assert datetime.fromisoformat(again["closes_at"]) >= datetime.fromisoformat(first["closes_at"]) + timedelta(days=2)
    await incidents.advance(hours=1)
    await incidents.hear(agreed, sequence=2)
    await incidents.settle()
    assert await seen(incidents, parent) == again


async def test_who_is_found_covered_late_has_the_agreed_days_to_answer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(asset_ids=(customer.printer,)), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(days=20)
    await incidents.hear(customer.agreed(close_after_days=2), sequence=2)
    await incidents.settle()
    late = await seen(incidents, incident)
    assert (late["covered"], late["state"]) == (True, "resolved")
    assert datetime.fromisoformat(late["closes_at"]) > await incidents.now() + timedelta(days=1)


@pytest.mark.parametrize("changed", [{"withdrawn": True, "in_force": False}, {"close_after_days": None}])
async def test_where_days_are_agreed_no_more_the_answer_is_the_customers(
    one_service: OneService.Factory, changed: dict[str, Any]
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(close_after_days=1), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.hear(customer.agreed(**{"close_after_days": 1} | changed), sequence=2)
    await incidents.advance(days=20)
    left = await seen(incidents, incident)
    assert (left["state"], left["closes_at"]) == ("resolved", None)


@pytest.mark.parametrize("undone", ["reopen", "refuse"])
async def test_what_is_taken_up_again_holds_open_no_parent_that_is_closed(
    one_service: OneService.Factory, undone: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, child = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await ask(incidents, DESK, "PUT", f"/v1/incidents/{child['id']}/parent", json={"parent_id": parent["id"]})
    await do(incidents, ENGINEER, parent, "resolve", SOLVED | {"with_children": True})
    await do(incidents, customer.user, parent, "confirm")
    back = await do(incidents, customer.user, child, undone, WHY)
    assert (back["state"], back["parent_id"]) == ("in_progress", None)


async def test_a_direct_call_is_answered_by_itself(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    at = await incidents.now() - timedelta(hours=5)
    body = customer.report(customer_id=str(customer.id), channel="direct_call", reported_at=at.isoformat())
    async with incidents.as_(ENGINEER) as engineer:
        answer = await engineer.post("/v1/incidents", json=body)
        incident = answer.json()
    assert answer.status_code == 201, answer.text
    assert datetime.fromisoformat(incident["reported_at"]) == at
    assert datetime.fromisoformat(incident["registered_at"]) > at
    assert (clock(incident, "respond")["state"], clock(incident, "respond")["counted_seconds"]) == ("met", 0)
    await incidents.settle()
    assert "respond" not in await broken(incidents)
    answered = await do(incidents, ENGINEER, incident, "acknowledge")
    assert (clock(answered, "respond")["state"], clock(answered, "respond")["counted_seconds"]) == ("met", 0)
    assert clock(answered, "resolve")["counted_seconds"] >= 5 * HOUR


async def test_a_true_time_that_cannot_be_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    now = await incidents.now()
    tries = (
        (ENGINEER, {"channel": "direct_call"}, 422, "true_time_missing"),
        (ENGINEER, {"channel": "direct_call", "reported_at": now + timedelta(hours=1)}, 422, "true_time_not_past"),
        (DESK, {"reported_at": now - timedelta(days=30)}, 422, "true_time_not_past"),
        (customer.user, {"reported_at": now - timedelta(hours=1)}, 403, "true_time_not_yours"),
        (customer.user, {"channel": "direct_call"}, 422, "channel_not_yours"),
    )
    for who, changes, status, code in tries:
        body = customer.report(customer_id=str(customer.id), **changes)
        if "reported_at" in body:
            body["reported_at"] = body["reported_at"].isoformat()
        async with incidents.as_(who) as client:
            answer = await client.post("/v1/incidents", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await incidents.rows(select(Incident.id)) == []


async def test_each_promise_that_ends_is_said_once(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await do(incidents, customer.user, incident, "confirm")
    said = [(ended.kind, ended.outcome) for ended in await incidents.said(ClockStopped)]
    assert sorted(said) == [("on_site", "cancelled"), ("resolve", "met"), ("respond", "met")]


async def test_what_was_broken_when_service_was_restored_runs_on_when_it_is_not(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await incidents.advance(hours=3)
    resolved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert (states(resolved)["on_site"], counted_minutes(resolved, "on_site")) == ("breached", 180)
    await incidents.advance(hours=20)
    await do(incidents, customer.user, incident, "refuse", WHY)
    await incidents.advance(hours=1)
    now = await seen(incidents, incident)
    assert (clock(now, "on_site")["stopped_at"], counted_minutes(now, "on_site")) == (None, 240)
    assert await broken(incidents) == ["on_site"]
