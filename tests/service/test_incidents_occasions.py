"""Requests of plans, engagements and updates while nothing is promised: each has its promise once one is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import Target
from tests.builders.emergencies import decided, requested, withdrawn
from tests.builders.engagements import engaged, finished
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    TARGETS,
    Customer,
    a_customer,
    broken,
    clock,
    counted_minutes,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.talk import say
from tests.harness import OneService

MORE = (
    *TARGETS,
    Target(severity="major", kind="vendor", amount=4 * HOUR, unit="seconds"),
    Target(severity="major", kind="next_update", amount=2 * HOUR, unit="seconds"),
)
BACK = {"resolve": "reopen", "merge": "unmerge", "cancel": "reopen"}


async def not_covered(incidents: OneService) -> tuple[Customer, dict[str, Any]]:
    """A major incident being worked on that no agreement covers yet."""
    customer = Customer()
    await a_customer(incidents, customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),)), of=customer)
    return customer, await in_progress(incidents, customer, severity="major")


async def covered_now(incidents: OneService, customer: Customer) -> None:
    await incidents.hear(customer.agreed(targets=MORE))
    await incidents.settle()


async def test_cover_found_late_takes_up_requests_engagements_and_updates(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await not_covered(incidents)
    at = await incidents.now()
    request, engagement = requested(customer, incident, at), engaged(customer, incident, at)
    await incidents.hear(request)
    await incidents.hear(engagement)
    assert (await seen(incidents, incident))["clocks"] == []
    await incidents.advance(minutes=10)
    await say(incidents, ENGINEER, incident, "We look at the supervisor card.")
    await incidents.advance(minutes=10)
    await covered_now(incidents, customer)
    now = await seen(incidents, incident)
    told = {kind: (clock(now, kind)["state"], counted_minutes(now, kind)) for kind in ("plan_decided", "vendor")}
    assert told == {"plan_decided": ("running", 20), "vendor": ("running", 20)}
    assert clock(now, "plan_decided")["about_id"] == str(request.activation_id)
    assert clock(now, "vendor")["about_id"] == str(engagement.engagement_id)
    assert (states(now)["plan_requested"], counted_minutes(now, "next_update")) == ("met", 10)
    await incidents.advance(minutes=11)
    assert await broken(incidents) == ["plan_decided"]


async def test_without_an_update_cover_found_late_owes_the_first_since_the_report(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer, incident = await not_covered(incidents)
    await incidents.advance(hours=1)
    await covered_now(incidents, customer)
    found = clock(await seen(incidents, incident), "next_update")
    assert (found["started_at"], found["state"]) == (incident["reported_at"], "running")


async def test_what_was_decided_and_done_before_cover_was_found_is_judged_by_its_time(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer, incident = await not_covered(incidents)
    at = await incidents.now()
    request, engagement = requested(customer, incident, at), engaged(customer, incident, at)
    await incidents.hear(request)
    await incidents.hear(engagement)
    await incidents.advance(minutes=40)
    await incidents.hear(decided(request, at + timedelta(minutes=35)), sequence=2)
    await incidents.hear(finished(engagement, at + timedelta(minutes=38)), sequence=2)
    await covered_now(incidents, customer)
    now = states(await seen(incidents, incident))
    assert (now["plan_decided"], now["vendor"]) == ("breached", "met")
    assert await broken(incidents) == ["plan_decided"]


async def test_cover_found_for_a_restored_service_leaves_out_what_began_after(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await not_covered(incidents)
    before = requested(customer, incident, await incidents.now())
    await incidents.hear(before)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(minutes=5)
    await incidents.hear(requested(customer, incident, await incidents.now()))
    await covered_now(incidents, customer)
    found = clock(await seen(incidents, incident), "plan_decided")
    assert (found["about_id"], found["state"]) == (str(before.activation_id), "cancelled")


@pytest.mark.parametrize("end", ["resolve", "merge", "cancel"])
async def test_a_plan_requested_and_a_party_engaged_while_it_was_over_count_once_it_is_taken_up(
    one_service: OneService.Factory, end: str
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=MORE), of=customer)
    incident, other = await in_progress(incidents, customer, severity="major"), await reported(incidents, customer)
    ends = {"resolve": SOLVED, "merge": {"target_id": other["id"], "reason": "x"}, "cancel": {"reason": "x"}}
    await do(incidents, DESK, incident, end, ends[end])
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await incidents.hear(engaged(customer, incident, await incidents.now()))
    await incidents.advance(hours=6)
    assert {"plan_decided", "vendor"}.isdisjoint(states(await seen(incidents, incident)))
    back = await do(incidents, DESK, incident, BACK[end], {"reason": "Not over."})
    assert states(back)["plan_requested"] == "met"
    assert {kind: (states(back)[kind], counted_minutes(back, kind)) for kind in ("plan_decided", "vendor")} == {
        "plan_decided": ("running", 0),
        "vendor": ("running", 0),
    }
    await incidents.advance(minutes=31)
    assert "plan_decided" in await broken(incidents)
    assert counted_minutes(await seen(incidents, incident), "vendor") == 31


async def test_what_was_requested_and_decided_while_restored_is_kept(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major")
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await incidents.advance(hours=1)
    await incidents.hear(decided(request, await incidents.now()), sequence=2)
    back = await do(incidents, customer.user, incident, "refuse", {"reason": "Still dark."})
    assert states(back)["plan_decided"] == "met"


@pytest.mark.parametrize("heard_late", [False, True])
async def test_nothing_is_owed_for_a_request_that_was_withdrawn_with_the_end_of_the_incident(
    one_service: OneService.Factory, heard_late: bool
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major")
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await do(incidents, DESK, incident, "cancel", {"reason": "Sold."})
    gone = withdrawn(request, await incidents.now())
    if not heard_late:
        await incidents.hear(gone, sequence=2)
    await do(incidents, DESK, incident, "reopen", {"reason": "Not sold."})
    if heard_late:
        await incidents.hear(gone, sequence=2)
    assert states(await seen(incidents, incident))["plan_decided"] == "cancelled"
    await incidents.advance(hours=1)
    assert "plan_decided" not in await broken(incidents)


async def test_an_update_while_restored_is_the_last_one_when_the_solution_is_refused(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=MORE), of=customer)
    incident = await in_progress(incidents, customer, severity="major")
    await incidents.advance(minutes=90)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(minutes=5)
    await say(incidents, ENGINEER, incident, "Please look whether it is well.")
    await incidents.advance(minutes=5)
    back = await do(incidents, customer.user, incident, "refuse", {"reason": "Still dark."})
    updates = [each for each in back["clocks"] if each["kind"] == "next_update"]
    assert [each["state"] for each in updates] == ["met", "running"]
    assert updates[1]["counted_seconds"] < 60
