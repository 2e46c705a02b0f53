"""The what-if: which promises would move, end or begin if an agreement were another; nothing is changed by asking."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import Target
from shared.permissions import Role
from tests.builders.emergencies import requested
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    TARGETS,
    Customer,
    a_customer,
    armed,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.pauses import capped
from tests.harness import OneService, principal

ADMINISTRATOR = principal(Role.ADMINISTRATOR)
RESOLVE = {"severity": "general", "kind": "resolve"}
ALL_WEEK = {"zone": "Asia/Shanghai", "week": [[["00:00", "24:00"]]] * 7, "exceptions": {}}


async def foreseen(incidents: OneService, body: dict[str, Any], who: Any = ADMINISTRATOR) -> tuple[int, dict[str, Any]]:
    async with incidents.as_(who) as client:
        answer = await client.post("/v1/clocks/what-if", json=body)
    return answer.status_code, answer.json()


async def test_the_what_if_tells_what_would_move_and_moves_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, severity="consultation")
    before = await seen(incidents, incident)
    body = {"agreement_id": str(customer.agreement), "calendar": ALL_WEEK}
    status, found = await foreseen(incidents, body)
    assert (status, found["examined"], found["next"]) == (200, 2, None)
    assert {moved["kind"] for moved in found["moved"]} == {"respond", "resolve"}
    assert {moved["number"] for moved in found["moved"]} == {incident["number"]}
    await incidents.hear(customer.agreed(calendar=ALL_WEEK), sequence=2)
    assert (await seen(incidents, incident))["version"] == before["version"]
    await incidents.settle()
    now = await seen(incidents, incident)
    told = {moved["kind"]: moved["new_due_at"] for moved in found["moved"]}
    assert {found["kind"]: found["due_at"] for found in now["clocks"]} == told


async def test_the_what_if_of_targets_names_breaches_and_what_is_promised_no_more(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer)
    await incidents.advance(minutes=50)
    target = {"severity": "general", "kind": "resolve", "amount": 600, "unit": "seconds"}
    _, found = await foreseen(incidents, {"agreement_id": str(customer.agreement), "targets": [target]})
    told = {moved["kind"]: moved["new_state"] for moved in found["moved"]}
    assert told == {"respond": None, "on_site": None, "resolve": "breached"}


async def test_what_is_broken_stays_so_where_nothing_is_promised_any_more(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await incidents.advance(minutes=90)
    target = {"severity": "general", "kind": "resolve", "amount": 8 * HOUR, "unit": "seconds"}
    _, found = await foreseen(incidents, {"agreement_id": str(customer.agreement), "targets": [target]})
    assert {moved["kind"]: moved["new_state"] for moved in found["moved"]} == {"respond": "breached", "on_site": None}
    kept = tuple(each for each in TARGETS if (each.severity, each.kind) == ("general", "resolve"))
    amendment = customer.agreed(agreement_id=uuid7(), revision=2, targets=kept, applies_to_open=True)
    await incidents.hear(amendment, sequence=2)
    await incidents.settle()
    now = states(await seen(incidents, incident))
    assert (now["respond"], now["on_site"]) == ("breached", "cancelled")


async def test_a_target_beyond_what_calendars_reach_is_foreseen_as_none(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer)
    minute = {"zone": "UTC", "week": [[["09:00", "09:01"]], *[[]] * 6]}
    target = {"severity": "general", "kind": "resolve", "amount": 366 * 86_400, "unit": "working_seconds"}
    body = {"agreement_id": str(customer.agreement), "calendar": minute, "targets": [target]}
    status, found = await foreseen(incidents, body)
    assert (status, {moved["new_state"] for moved in found["moved"]}) == (200, {None})


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"agreement_id": "00000000-0000-7000-8000-000000000000"}, 404, "agreement_not_found"),
        ({"calendar": {"zone": "Mars/Olympus", "week": [[]] * 7}}, 422, "invalid_calendar"),
        ({"calendar": {"zone": "UTC", "week": [[]] * 7}}, 422, "invalid_calendar"),
        ({"targets": []}, 422, "invalid_input"),
        ({"targets": [{"severity": "general", "kind": "dance", "amount": 1, "unit": "seconds"}]}, 422, "invalid_input"),
        ({"targets": [RESOLVE | {"amount": 3661, "unit": "working_days"}]}, 422, "invalid_input"),
        ({"targets": [RESOLVE | {"amount": True, "unit": "seconds"}]}, 422, "invalid_input"),
        ({"pause_cap_seconds": True}, 422, "invalid_input"),
    ],
)
async def test_a_proposal_that_cannot_be_is_refused(
    one_service: OneService.Factory, changes: dict[str, Any], status: int, code: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    answered, problem = await foreseen(incidents, {"agreement_id": str(customer.agreement)} | changes)
    assert (answered, problem["code"]) == (status, code)


async def test_only_who_writes_contracts_may_ask_what_if(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    for who in (DESK, customer.user):
        assert (await foreseen(incidents, {"agreement_id": str(customer.agreement)}, who))[0] == 403


UPDATE = Target(severity="general", kind="next_update", amount=2 * HOUR, unit="seconds")


async def amended(incidents: OneService, customer: Customer, *targets: Target) -> None:
    """Both sides signed other targets, for open incidents too."""
    await incidents.hear(customer.agreed(in_force=False), sequence=2)
    amendment = customer.agreed(agreement_id=uuid7(), revision=2, targets=targets, applies_to_open=True)
    await incidents.hear(amendment)
    await incidents.settle()


@pytest.mark.parametrize("replaces", [False, True])
async def test_the_what_if_tells_what_would_begin_as_it_then_does(
    one_service: OneService.Factory, replaces: bool
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    without = tuple(target for target in TARGETS if target.kind not in ("on_site", "plan_decided", "superior_told"))
    await a_customer(incidents, customer.agreed(targets=without), of=customer)
    general, major = await reported(incidents, customer), await in_progress(incidents, customer, severity="major")
    restored = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, restored, "resolve", SOLVED)
    await incidents.hear(requested(customer, major, await incidents.now()))
    await incidents.advance(minutes=40)
    targets = [target.model_dump() for target in (*TARGETS, UPDATE)]
    body = {"agreement_id": str(customer.agreement), "targets": targets, "replaces": replaces}
    status, found = await foreseen(incidents, body)
    told = {(each["number"], each["kind"]): (each["state"], each["due_at"]) for each in found["added"]}
    assert status == 200
    assert {key: state for key, (state, _) in told.items()} == {
        (general["number"], "on_site"): "running",
        (general["number"], "next_update"): "running",
        (major["number"], "on_site"): "running",
        (major["number"], "superior_told"): "running",
        (major["number"], "plan_decided"): "breached",
    }
    await amended(incidents, customer, *TARGETS, UPDATE)
    begun = {
        (incident["number"], each["kind"]): (each["state"], each["due_at"])
        for incident in [await seen(incidents, general), await seen(incidents, major)]
        for each in incident["clocks"]
    }
    updates = (general["number"], "next_update")
    assert {key: begun[key] for key in told if key != updates} == {key: told[key] for key in told if key != updates}
    assert begun[updates][0] == "running"


async def test_what_was_done_already_would_not_be_promised_any_more(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    without = tuple(target for target in TARGETS if target.kind != "respond")
    await a_customer(incidents, customer.agreed(targets=without), of=customer)
    await in_progress(incidents, customer)
    targets = [target.model_dump() for target in TARGETS]
    _, found = await foreseen(incidents, {"agreement_id": str(customer.agreement), "targets": targets})
    assert found["added"] == []
    await amended(incidents, customer, *TARGETS)
    assert await armed(incidents, "respond") == []


async def test_a_corrected_calendar_adds_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    _, found = await foreseen(incidents, {"agreement_id": str(customer.agreement), "calendar": ALL_WEEK})
    assert found["added"] == []


async def test_a_target_named_twice_is_refused_and_nothing_answered(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer)
    target = {"severity": "general", "kind": "resolve", "amount": 600, "unit": "seconds"}
    body = {"agreement_id": str(customer.agreement), "targets": [target, target | {"amount": 900}]}
    status, problem = await foreseen(incidents, body)
    assert (status, problem["code"], "moved" in problem) == (422, "target_repeated", False)


@pytest.mark.parametrize(
    ("cap_before", "cap_after", "hours", "state"),
    [
        (None, 2 * HOUR, 1, "paused"),
        (8 * HOUR, 4 * HOUR, 1, "paused"),
        (4 * HOUR, None, 1, "paused"),
        (8 * HOUR, 2 * HOUR, 3, "running"),
        (None, HOUR, 12, "breached"),
    ],
)
async def test_the_what_if_of_a_cap_on_pauses_tells_what_its_amendment_does(
    one_service: OneService.Factory, cap_before: int | None, cap_after: int | None, hours: int, state: str
) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, cap_before)
    await incidents.advance(hours=hours)
    body = {"agreement_id": str(customer.agreement), "pause_cap_seconds": cap_after}
    status, found = await foreseen(incidents, body)
    before = {each["kind"]: each["due_at"] for each in (await seen(incidents, incident))["clocks"]}
    told = {each["kind"]: each for each in found["moved"]}
    assert (status, set(told), told["resolve"]["new_state"]) == (200, {"on_site", "resolve"}, state)
    assert {kind: each["due_at"] for kind, each in told.items()} == {kind: before[kind] for kind in told}
    await incidents.hear(customer.agreed(pause_cap_seconds=cap_after), sequence=2)
    await incidents.settle()
    now = await seen(incidents, incident)
    after = {each["kind"]: each["due_at"] for each in now["clocks"]}
    assert {kind: each["new_due_at"] for kind, each in told.items()} == {kind: after[kind] for kind in told}
    assert clock(now, "resolve")["state"] == state


async def test_a_cap_that_is_not_proposed_or_the_same_moves_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, _ = await capped(incidents, 2 * HOUR)
    agreement = {"agreement_id": str(customer.agreement)}
    for body in (agreement, agreement | {"pause_cap_seconds": 2 * HOUR}):
        assert (await foreseen(incidents, body))[1]["moved"] == []
    assert (await foreseen(incidents, agreement | {"pause_cap_seconds": 0}))[0] == 422
