"""The promises of an emergency: a plan requested, decided on, and the superior authority told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import Target
from shared.events.escalation import SuperiorInformed
from tests.builders.emergencies import decided, requested
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    Customer,
    a_customer,
    armed_timers,
    broken,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
    stopped,
)
from tests.harness import OneService


def told(customer: Customer, incident: dict[str, Any], at: datetime) -> SuperiorInformed:
    return SuperiorInformed(
        emergency_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        number=incident["number"],
        title=incident["title"],
        severity=incident["severity"],
        superior_ids=(),
        informed_at=at,
    )


async def test_a_request_in_time_keeps_one_promise_and_begins_the_next(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    assert clock(incident, "plan_requested")["started_at"] == incident["classified_at"]
    at = await incidents.now()
    await incidents.advance(minutes=10)
    request = requested(customer, incident, at)
    await incidents.hear(request)
    now = await seen(incidents, incident)
    assert clock(now, "plan_requested")["state"] == "met"
    assert datetime.fromisoformat(clock(now, "plan_requested")["stopped_at"]) == at
    assert datetime.fromisoformat(clock(now, "plan_decided")["due_at"]) == at + timedelta(minutes=15)
    assert clock(now, "plan_decided")["about_id"] == str(request.activation_id)
    await incidents.hear(decided(request, at + timedelta(minutes=12)), sequence=2)
    assert clock(await seen(incidents, incident), "plan_decided")["state"] == "met"
    await incidents.advance(hours=1)
    assert "plan_requested" not in await broken(incidents)
    assert "plan_decided" not in await broken(incidents)


async def test_to_refuse_is_to_decide_and_a_second_request_has_a_clock_of_its_own(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major")
    first = requested(customer, incident, await incidents.now())
    await incidents.hear(first)
    await incidents.hear(decided(first, await incidents.now(), refused=True), sequence=2)
    await incidents.advance(minutes=5)
    second = requested(customer, incident, await incidents.now())
    await incidents.hear(second)
    now = await seen(incidents, incident)
    deciding = {c["about_id"]: c["state"] for c in now["clocks"] if c["kind"] == "plan_decided"}
    assert deciding == {str(first.activation_id): "met", str(second.activation_id): "running"}
    await incidents.advance(minutes=31)
    assert await broken(incidents) == ["plan_decided"]


async def test_a_decision_while_service_was_restored_is_kept_in_mind(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major")
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.hear(decided(request, await incidents.now()), sequence=2)
    back = await do(incidents, customer.user, incident, "refuse", {"reason": "Still dark."})
    assert states(back)["plan_decided"] == "met"
    await incidents.advance(hours=1)
    assert "plan_decided" not in await broken(incidents)


async def test_a_decision_that_never_comes_breaks_its_promise(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await incidents.advance(minutes=16)
    assert await broken(incidents) == ["plan_requested"]
    await incidents.hear(requested(customer, incident, await incidents.now()))
    assert (await stopped(incidents))["plan_requested"] == "breached"
    await incidents.advance(minutes=16)
    assert await broken(incidents) == ["plan_requested", "plan_decided"]


async def test_a_plan_requested_before_the_severity_promised_it_is_not_asked_for_again(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await incidents.hear(requested(customer, incident, await incidents.now()))
    await incidents.hear(told(customer, incident, await incidents.now()))
    worse = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert {"plan_requested", "superior_told"}.isdisjoint(states(worse))


@pytest.mark.parametrize(
    ("severity", "asset", "owed"),
    [("major", "asset", True), ("major", "printer", False), ("disaster", "printer", True), ("general", "asset", False)],
)
async def test_the_superior_authority_is_owed_disasters_and_major_faults_of_key_businesses(
    one_service: OneService.Factory, severity: str, asset: str, owed: bool
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(site_ids=(customer.site,)), of=customer)
    incident = await reported(incidents, customer, asset_id=str(getattr(customer, asset)))
    await do(incidents, DESK, incident, "acknowledge")
    now = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": severity})
    assert ("superior_told" in states(now)) is owed
    if owed:
        await incidents.hear(told(customer, incident, await incidents.now()))
        assert states(await seen(incidents, incident))["superior_told"] == "met"


async def test_restoring_service_keeps_the_resolution_and_gives_up_what_has_no_point(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await incidents.hear(requested(customer, incident, await incidents.now()))
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(solved) == {
        "respond": "met",
        "on_site": "cancelled",
        "resolve": "met",
        "plan_requested": "met",
        "plan_decided": "cancelled",
        "superior_told": "running",
    }
    await incidents.hear(told(customer, incident, await incidents.now()))
    assert await armed_timers(incidents) == []


async def test_an_agreement_without_a_figure_promises_nothing_there(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    only = (Target(severity="general", kind="resolve", amount=HOUR, unit="seconds"),)
    await a_customer(incidents, customer.agreed(targets=only), of=customer)
    incident = await in_progress(incidents, customer)
    assert states(incident) == {"resolve": "running"}
    await incidents.hear(requested(customer, incident, await incidents.now()))
    assert states(await seen(incidents, incident)) == {"resolve": "running"}


async def test_a_request_heard_of_when_service_is_restored_promises_no_decision(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    at = await incidents.now()
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    request = requested(customer, incident, at)
    await incidents.hear(request)
    assert "plan_decided" not in states(await seen(incidents, incident))
    await incidents.hear(decided(request, await incidents.now()), sequence=2)


async def test_a_closed_incident_owes_nothing_and_breaks_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(await seen(incidents, incident))["superior_told"] == "running"
    closed = await do(incidents, customer.user, incident, "confirm")
    assert states(closed)["superior_told"] == "cancelled"
    assert (await stopped(incidents))["superior_told"] == "cancelled"
    assert await armed_timers(incidents) == []
    await incidents.hear(told(customer, incident, await incidents.now()))
    await incidents.hear(requested(customer, incident, await incidents.now()))
    await incidents.advance(hours=3)
    assert await broken(incidents) == []


async def test_a_promise_broken_before_the_close_stays_broken(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(hours=2)
    closed = await do(incidents, customer.user, incident, "confirm")
    assert states(closed)["superior_told"] == "breached"
    assert await broken(incidents) == ["superior_told"]
