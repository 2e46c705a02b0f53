"""Pauses: agreed reasons, a cap on the total, and what stands still meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.events.incidents import IncidentPaused, IncidentResumed, PauseReplanned
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    Customer,
    a_customer,
    armed,
    armed_timers,
    broken,
    clock,
    counted_minutes,
    do,
    in_progress,
    reported,
    seen,
    states,
    warned,
)
from tests.builders.pauses import ASKED, FAR_AHEAD, capped, pauses_of
from tests.harness import OneService


async def test_what_was_promised_stands_still_while_the_customer_is_waited_for(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(hours=1)
    paused = await do(incidents, ENGINEER, incident, "pause", ASKED)
    assert (paused["state"], states(paused)) == (
        "waiting",
        {"respond": "met", "on_site": "paused", "resolve": "paused"},
    )
    assert await armed_timers(incidents) == []
    await incidents.advance(hours=100)
    assert (await broken(incidents), await warned(incidents, "resolve")) == ([], [])
    resumed = await do(incidents, ENGINEER, incident, "resume")
    assert (resumed["state"], counted_minutes(resumed, "resolve")) == ("in_progress", 60)
    due = clock(incident, "resolve")["due_at"]
    assert clock(resumed, "resolve")["due_at"] > due
    await incidents.advance(hours=7, seconds=1)
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]
    assert await warned(incidents, "resolve") == [50, 75, 90]


async def test_a_pause_is_said_with_its_evidence_and_shown_to_the_customer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await do(incidents, ENGINEER, incident, "resume")
    [begun], [ended] = await incidents.said(IncidentPaused), await incidents.said(IncidentResumed)
    assert (begun.evidence, ended.pause_id, ended.by_itself) == (ASKED["evidence"], begun.pause_id, False)
    [pause] = await pauses_of(incidents, incident, customer.user)
    assert (pause["reason"], pause["evidence"]) == ("waiting_for_customer", ASKED["evidence"])
    assert pause["author"] == f"person:{ENGINEER.id}"
    last = (await armed(incidents, "resolve"))[-1]
    assert [(p.reason, p.until_at) for p in last.pauses] == [("waiting_for_customer", ended.until_at)]


async def test_a_pause_until_the_end_of_all_time_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    never = ASKED | {"until": "9999-12-31T23:59:59-14:00"}
    assert (await do(incidents, ENGINEER, incident, "pause", never, expect=422))["code"] == "invalid_input"


async def test_after_a_pause_until_far_ahead_nothing_is_due_that_can_be_told(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await do(incidents, ENGINEER, incident, "pause", FAR_AHEAD)
    major = {"severity": "major", "fault_class": "line", "analysis": "The whole campus."}
    paused = clock(await do(incidents, ENGINEER, incident, "classify", major), "resolve")
    assert (paused["state"], paused["due_at"]) == ("paused", None)
    resumed = clock(await do(incidents, ENGINEER, incident, "resume"), "resolve")
    assert (resumed["state"], resumed["due_at"] is None) == ("running", False)


@pytest.mark.parametrize(
    ("agreed", "body", "status", "code"),
    [
        ({}, ASKED | {"reason": "site_closed"}, 422, "pause_not_agreed"),
        ({"pause_reasons": ()}, ASKED, 422, "pause_not_agreed"),
        ({"pause_cap_seconds": HOUR}, ASKED | {"until": "2 h"}, 422, "pause_over_cap"),
        ({}, ASKED | {"until": "-1 h"}, 422, "pause_ends_before_now"),
        ({}, ASKED | {"evidence": " "}, 422, "invalid_input"),
        ({}, ASKED | {"reason": "waiting_for_parts"}, 422, "invalid_input"),
    ],
)
async def test_what_is_not_agreed_pauses_nothing(
    one_service: OneService.Factory, agreed: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(**agreed), of=customer)
    incident = await in_progress(incidents, customer)
    if "until" in body:
        hours = float(body["until"].split()[0])
        body = body | {"until": (await incidents.now() + timedelta(hours=hours)).isoformat()}
    refused = await do(incidents, ENGINEER, incident, "pause", body, expect=status)
    assert refused["code"] == code
    assert await pauses_of(incidents, incident) == []
    assert (await seen(incidents, incident))["version"] == incident["version"]


async def test_the_cap_ends_a_pause_by_itself_and_leaves_none(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(pause_cap_seconds=2 * HOUR), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(minutes=30)
    await do(incidents, ENGINEER, incident, "resume")
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(minutes=89)
    assert (await seen(incidents, incident))["state"] == "waiting"
    await incidents.advance(minutes=2)
    now = await seen(incidents, incident)
    assert (now["state"], states(now)["resolve"]) == ("in_progress", "running")
    assert [ended.by_itself for ended in await incidents.said(IncidentResumed)] == [False, True]
    refused = await do(incidents, ENGINEER, incident, "pause", ASKED, expect=409)
    assert refused["code"] == "pause_cap_used"


async def test_a_new_severity_while_paused_loses_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(hours=1)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=30)
    classified = {"severity": "disaster", "fault_class": "line", "analysis": "The whole campus."}
    disaster = await do(incidents, ENGINEER, incident, "classify", classified)
    resolve = clock(disaster, "resolve")
    assert (disaster["state"], resolve["state"], resolve["target_seconds"]) == ("waiting", "paused", 6 * HOUR)
    assert counted_minutes(disaster, "resolve") == 60
    await do(incidents, ENGINEER, incident, "resume")
    await incidents.advance(hours=4, minutes=59)
    assert "resolve" not in await broken(incidents)
    await incidents.advance(minutes=2)
    assert "resolve" in await broken(incidents)


async def test_a_restored_service_ends_the_pause(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=9)
    resolved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(resolved)["resolve"] == "met"
    [pause] = await pauses_of(incidents, incident)
    assert pause["until_at"] == resolved["resolved_at"]


async def test_a_pause_ends_when_it_was_to_end_though_we_were_down(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(pause_cap_seconds=2 * HOUR), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=40)
    [pause] = await pauses_of(incidents, incident)
    assert pause["until_at"] == pause["planned_until_at"]
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]


async def test_without_an_agreement_an_incident_may_wait_for_any_agreed_reason(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, asset_id=str(customer.printer))
    await do(incidents, DESK, incident, "acknowledge")
    await do(incidents, ENGINEER, incident, "begin")
    paused = await do(incidents, ENGINEER, incident, "pause", ASKED | {"reason": "site_closed"})
    assert (paused["covered"], paused["state"]) == (False, "waiting")


async def amended(incidents: OneService, customer: Customer, former_cap: int | None, cap_seconds: int | None) -> None:
    """Both sides signed another cap on pauses, for open incidents too."""
    amendment = customer.agreed(
        agreement_id=uuid7(), revision=2, pause_cap_seconds=cap_seconds, in_force=True, applies_to_open=True
    )
    await incidents.hear(customer.agreed(in_force=False, pause_cap_seconds=former_cap), sequence=2)
    await incidents.hear(amendment)
    await incidents.settle()


async def test_a_lower_cap_ends_an_open_pause_at_the_cap(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, 8 * HOUR)
    await incidents.advance(hours=1)
    await amended(incidents, customer, 8 * HOUR, 2 * HOUR)
    assert (await seen(incidents, incident))["state"] == "waiting"
    [said] = await incidents.said(PauseReplanned)
    assert said.planned_until_at - said.from_at == timedelta(hours=2)
    await incidents.advance(minutes=61)
    now = await seen(incidents, incident)
    assert (now["state"], counted_minutes(now, "resolve")) == ("in_progress", 1)
    [ended] = await incidents.said(IncidentResumed)
    assert (ended.until_at, ended.by_itself) == (said.planned_until_at, True)


async def test_a_pause_that_outlasts_a_lower_cap_ended_at_the_cap(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, None)
    await incidents.advance(hours=11)
    await amended(incidents, customer, None, 2 * HOUR)
    now = await seen(incidents, incident)
    assert (now["state"], states(now)["resolve"], counted_minutes(now, "resolve")) == ("in_progress", "breached", 540)
    async with incidents.as_(DESK) as desk:
        explained = (await desk.get(f"/v1/incidents/{incident['id']}/clocks/resolve/explanation")).json()
    assert [round(line["seconds"]) for line in explained["lines"] if not line["counts"]] == [2 * HOUR]
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]


async def test_a_higher_cap_lets_an_open_pause_run_on_until_what_was_asked_for(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    until = (await incidents.now() + timedelta(hours=5)).isoformat()
    customer, incident = await capped(incidents, 6 * HOUR, until=until)
    for cap_seconds, revision in ((2 * HOUR, 2), (None, 3)):
        version = customer.agreed(pause_cap_seconds=cap_seconds)
        await incidents.hear(version, sequence=revision)
        await incidents.settle()
    await incidents.advance(hours=4)
    assert (await seen(incidents, incident))["state"] == "waiting"
    [pause] = await pauses_of(incidents, incident)
    assert datetime.fromisoformat(pause["planned_until_at"]) == datetime.fromisoformat(until)
    await incidents.advance(hours=1, seconds=1)
    assert (await seen(incidents, incident))["state"] == "in_progress"


async def test_without_a_cap_a_pause_goes_on_until_somebody_ends_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, HOUR)
    await amended(incidents, customer, HOUR, None)
    await incidents.advance(hours=40)
    now = await seen(incidents, incident)
    assert (now["state"], states(now)["resolve"]) == ("waiting", "paused")


async def test_a_cap_counts_what_the_incident_waited_before(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, None)
    await incidents.advance(hours=3)
    await do(incidents, ENGINEER, incident, "resume")
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=1)
    await amended(incidents, customer, None, 2 * HOUR)
    now = await seen(incidents, incident)
    assert (now["state"], counted_minutes(now, "resolve")) == ("in_progress", 60)
