"""Promises that were given up while work went on, and are made again: by an amendment, or by a severity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import AgreementChanged, Target
from shared.permissions import Role
from tests.builders.emergencies import decided, requested
from tests.builders.engagements import engaged
from tests.builders.history import fact, history, imported
from tests.builders.incidents import (
    CLASSIFIED,
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
    seen,
    states,
)
from tests.builders.replay import as_shown, rebuilt
from tests.builders.talk import say
from tests.harness import OneService, principal

FULL = (
    *TARGETS,
    Target(severity="major", kind="vendor", amount=4 * HOUR, unit="seconds"),
    Target(severity="major", kind="next_update", amount=3 * HOUR, unit="seconds"),
)
ONLY_RESOLVE = tuple(target for target in TARGETS if target.kind == "resolve")
GIVEN_UP = ("on_site", "plan_requested", "vendor", "next_update")


async def signed(incidents: OneService, former: AgreementChanged, targets: tuple[Target, ...]) -> AgreementChanged:
    """A new version in place of the former one, for open incidents too."""
    changes = {"agreement_id": uuid7(), "revision": former.revision + 1, "targets": targets, "applies_to_open": True}
    amendment = former.model_copy(update=changes)
    await incidents.hear(former.model_copy(update={"in_force": False}), sequence=2)
    await incidents.hear(amendment)
    await incidents.settle()
    return amendment


async def what_if(incidents: OneService, agreement: AgreementChanged, targets: tuple[Target, ...]) -> dict[str, str]:
    """By kind, when what would begin would be due."""
    body = {"agreement_id": str(agreement.agreement_id), "targets": [each.model_dump() for each in targets]}
    async with incidents.as_(principal(Role.ADMINISTRATOR)) as client:
        answer = await client.post("/v1/clocks/what-if", json=body | {"replaces": True})
    return {each["kind"]: each["due_at"] for each in answer.json()["added"]}


async def events_rebuild_the_clocks(incidents: OneService, incident: dict[str, Any]) -> None:
    await incidents.settle()
    found = rebuilt(each for each in incidents.bus.published if each.subject == incident["id"])
    shown = {each["clock_id"]: each["state"] for each in (await seen(incidents, incident))["clocks"]}
    at = await incidents.now()
    assert {clock_id: as_shown(each, at)["state"] for clock_id, each in found.items()} == shown


async def test_what_an_amendment_gave_up_a_later_one_promises_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first = customer.agreed(targets=FULL)
    await a_customer(incidents, first, of=customer)
    incident = await in_progress(incidents, customer, severity="major")
    await incidents.hear(engaged(customer, incident, await incidents.now()))
    await incidents.advance(minutes=10)
    second = await signed(incidents, first, ONLY_RESOLVE)
    now = await seen(incidents, incident)
    assert {kind: states(now)[kind] for kind in GIVEN_UP} == dict.fromkeys(GIVEN_UP, "cancelled")
    await incidents.advance(minutes=20)
    foreseen = await what_if(incidents, second, FULL)
    await signed(incidents, second, FULL)
    now = await seen(incidents, incident)
    assert {kind: counted_minutes(now, kind) for kind in GIVEN_UP} == dict.fromkeys(GIVEN_UP, 30)
    assert foreseen == {each["kind"]: each["due_at"] for each in now["clocks"] if each["kind"] in foreseen}
    assert foreseen.keys() >= set(GIVEN_UP)
    await incidents.advance(minutes=31)
    assert await broken(incidents) == ["plan_requested"]
    await events_rebuild_the_clocks(incidents, incident)


async def test_a_new_version_after_a_withdrawal_promises_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    withdrawn = customer.agreed(in_force=False, withdrawn=True)
    await incidents.hear(withdrawn, sequence=2)
    await incidents.settle()
    assert states(await seen(incidents, incident))["resolve"] == "cancelled"
    again = customer.agreed(agreement_id=uuid7(), revision=2, applies_to_open=True)
    await incidents.hear(again)
    await incidents.settle()
    now = await seen(incidents, incident)
    assert now["agreement_id"] == str(again.agreement_id)
    assert states(now) == {"respond": "met", "on_site": "running", "resolve": "running"}
    await incidents.advance(hours=8, seconds=1)
    assert "resolve" in await broken(incidents)
    await events_rebuild_the_clocks(incidents, incident)


async def test_what_was_done_while_it_was_not_promised_is_not_promised_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first = customer.agreed(targets=FULL)
    await a_customer(incidents, first, of=customer)
    incident = await in_progress(incidents, customer, severity="major")
    second = await signed(incidents, first, ONLY_RESOLVE)
    await incidents.hear(requested(customer, incident, await incidents.now()))
    await incidents.advance(minutes=20)
    await say(incidents, ENGINEER, incident, "The card is on its way.")
    await signed(incidents, second, FULL)
    now = await seen(incidents, incident)
    assert states(now)["plan_requested"] == "cancelled"
    updates = [(each["state"], each["counted_seconds"] < 60) for each in now["clocks"] if each["kind"] == "next_update"]
    assert updates == [("cancelled", True), ("running", True)]
    await events_rebuild_the_clocks(incidents, incident)


async def classified(incidents: OneService, incident: dict[str, Any], severity: str) -> dict[str, Any]:
    return await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": severity})


async def test_a_severity_that_comes_back_brings_back_what_it_promised_for_requests_and_updates(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=FULL), of=customer)
    incident = await in_progress(incidents, customer, severity="major")
    await incidents.hear(requested(customer, incident, await incidents.now()))
    await say(incidents, ENGINEER, incident, "We look at the supervisor card.")
    await say(incidents, ENGINEER, incident, "The supervisor card is dead.")
    await incidents.advance(minutes=10)
    general = await classified(incidents, incident, "general")
    assert clock(general, "plan_decided")["state"] == "cancelled"
    await incidents.advance(minutes=10)
    back = await classified(incidents, incident, "major")
    assert (states(back)["plan_decided"], counted_minutes(back, "plan_decided")) == ("running", 20)
    updates = [
        (each["state"], each["counted_seconds"] // 60) for each in back["clocks"] if each["kind"] == "next_update"
    ]
    assert updates == [("met", 0), ("met", 0), ("running", 20)]
    await incidents.advance(minutes=11)
    assert await broken(incidents) == ["plan_decided"]
    await events_rebuild_the_clocks(incidents, incident)


async def test_what_was_requested_and_engaged_while_it_was_not_promised_is_promised_by_a_new_severity(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=FULL), of=customer)
    incident = await in_progress(incidents, customer)
    at = await incidents.now()
    done, goes_on, party = (
        requested(customer, incident, at),
        requested(customer, incident, at),
        engaged(customer, incident, at),
    )
    for event in (done, goes_on, party):
        await incidents.hear(event)
    await incidents.hear(decided(done, at), sequence=2)
    await incidents.advance(minutes=20)
    assert {"plan_requested", "plan_decided", "vendor"}.isdisjoint(states(await seen(incidents, incident)))
    major = await classified(incidents, incident, "major")
    told = {kind: (clock(major, kind)["about_id"], counted_minutes(major, kind)) for kind in ("plan_decided", "vendor")}
    assert told == {"plan_decided": (str(goes_on.activation_id), 20), "vendor": (str(party.engagement_id), 20)}
    assert "plan_requested" not in states(major)
    await incidents.advance(minutes=11)
    assert await broken(incidents) == ["plan_decided"]
    await events_rebuild_the_clocks(incidents, incident)


async def test_a_request_decided_under_another_severity_is_not_taken_up(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="major")
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await classified(incidents, incident, "general")
    await incidents.hear(decided(request, await incidents.now()), sequence=2)
    back = await classified(incidents, incident, "major")
    assert states(back)["plan_decided"] == "cancelled"
    await incidents.advance(hours=1)
    assert "plan_decided" not in await broken(incidents)


@pytest.mark.parametrize("back", ["refuse", "reopen"])
async def test_what_an_amendment_added_while_service_was_restored_is_promised_once_it_is_taken_up(
    one_service: OneService.Factory, back: str
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first = customer.agreed(targets=ONLY_RESOLVE)
    await a_customer(incidents, first, of=customer)
    incident = await in_progress(incidents, customer, severity="major")
    request = requested(customer, incident, await incidents.now())
    await incidents.hear(request)
    await incidents.advance(minutes=5)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await signed(incidents, first, FULL)
    await incidents.advance(hours=5)
    assert set(states(await seen(incidents, incident))) == {"resolve"}
    who = customer.user if back == "refuse" else DESK
    now = await do(incidents, who, incident, back, {"reason": "Still dark."})
    told = {
        kind: (states(now)[kind], counted_minutes(now, kind)) for kind in ("on_site", "next_update", "plan_decided")
    }
    assert told == {"on_site": ("running", 5), "next_update": ("running", 0), "plan_decided": ("running", 5)}
    await incidents.advance(minutes=26)
    assert "plan_decided" in await broken(incidents)
    await events_rebuild_the_clocks(incidents, incident)


async def resolved_elsewhere(incidents: OneService, customer: Customer) -> dict[str, Any]:
    """A major incident that another system recorded as resolved after an hour, an hour ago."""
    now = await incidents.now()
    record = history(
        asset_id=str(customer.asset),
        severity="major",
        reported_at=(now - timedelta(hours=2)).isoformat(),
        resolved_at=None,
        closed_at=None,
        facts=[
            fact((now - timedelta(minutes=110)).isoformat(), "in_progress"),
            fact((now - timedelta(hours=1)).isoformat(), "resolved"),
        ],
    )
    [result] = await imported(incidents, customer.id, record)
    return await seen(incidents, {"id": result["incident_id"]})


async def test_what_an_amendment_added_to_an_imported_incident_is_promised_once_it_is_taken_up(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first = customer.agreed(targets=ONLY_RESOLVE)
    await a_customer(incidents, first, of=customer)
    incident = await resolved_elsewhere(incidents, customer)
    await signed(incidents, first, FULL)
    assert states(await seen(incidents, incident)) == {"resolve": "met"}
    await incidents.advance(hours=5)
    back = await do(incidents, DESK, incident, "reopen", {"reason": "Still dark."})
    assert states(back) == {"resolve": "running", "next_update": "running"}
    assert counted_minutes(back, "next_update") == 0
    await incidents.advance(minutes=61)
    assert "on_site" not in await broken(incidents)


async def open_elsewhere(incidents: OneService, customer: Customer) -> dict[str, Any]:
    """A general fault that another system recorded as worked on since four days."""
    at = await incidents.now() - timedelta(days=4)
    record = history(
        asset_id=str(customer.asset),
        severity="general",
        reported_at=at.isoformat(),
        resolved_at=None,
        closed_at=None,
        facts=[fact((at + timedelta(minutes=10)).isoformat(), "in_progress")],
    )
    [result] = await imported(incidents, customer.id, record)
    return await seen(incidents, {"id": result["incident_id"]})


async def test_nobody_is_judged_by_what_is_promised_after_an_incident_was_taken_over(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first = customer.agreed(targets=ONLY_RESOLVE)
    await a_customer(incidents, first, of=customer)
    incident = await open_elsewhere(incidents, customer)
    before = states(incident)
    await signed(incidents, first, FULL)
    assert states(await seen(incidents, incident)) == before
    major = CLASSIFIED | {"severity": "major"}
    now = states(await do(incidents, ENGINEER, incident, "classify", major))
    assert now.keys() == before.keys() | {"next_update", "plan_requested", "superior_told"}
    assert "on_site" not in await broken(incidents)


async def test_an_imported_incident_that_was_not_amended_has_what_its_record_tells_of(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=FULL, applies_to_open=True), of=customer)
    incident = await resolved_elsewhere(incidents, customer)
    back = await do(incidents, DESK, incident, "reopen", {"reason": "Still dark."})
    assert states(back) == {"respond": "met", "resolve": "running"}
