"""Time spent: each enters their own, what was a mistake is withdrawn, and the rest adds up."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import TimeSpent, TimeWithdrawn
from shared.permissions import Role
from tests.builders.incidents import DESK, DESK_ID, ENGINEER, ENGINEER_ID, a_customer, reported
from tests.builders.talk import ask, told_types
from tests.harness import OneService, principal


async def enter(
    incidents: OneService, who: Principal, incident: dict[str, Any], *, expect: int = 201, **changes: Any
) -> Any:
    body = {"work": "remote", "minutes": 30, "spent_on": str((await incidents.now()).date())} | changes
    return await ask(incidents, who, "POST", f"/v1/incidents/{incident['id']}/time", expect=expect, json=body)


async def withdraw(incidents: OneService, who: Principal, entry: dict[str, Any], *, expect: int = 200) -> Any:
    body = {"reason": "Entered twice."}
    return await ask(incidents, who, "POST", f"/v1/time/{entry['id']}/withdraw", expect=expect, json=body)


async def totals(incidents: OneService, incident: dict[str, Any]) -> set[tuple[str, str, int]]:
    listed = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/time/totals")
    return {(total["person_id"], total["work"], total["minutes"]) for total in listed}


async def test_time_adds_up_by_person_and_kind_of_work(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await enter(incidents, ENGINEER, incident, minutes=45)
    await enter(incidents, ENGINEER, incident, minutes=15)
    await enter(incidents, ENGINEER, incident, minutes=60, work="travel")
    await enter(incidents, DESK, incident, minutes=5, note="Called the carrier.")
    assert await totals(incidents, incident) == {
        (str(ENGINEER_ID), "remote", 60),
        (str(ENGINEER_ID), "travel", 60),
        (str(DESK_ID), "remote", 5),
    }
    said = await incidents.said(TimeSpent)
    assert [(event.minutes, event.contract_number) for event in said] == [(m, "C-2026-1") for m in (45, 15, 60, 5)]


async def test_withdrawn_time_stays_and_does_not_count(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    entry = await enter(incidents, ENGINEER, incident)
    assert (await withdraw(incidents, ENGINEER, entry))["withdrawal"] == "Entered twice."
    assert await totals(incidents, incident) == set()
    [listed] = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/time")
    assert listed["withdrawn_at"] is not None
    assert (await withdraw(incidents, ENGINEER, entry, expect=409))["code"] == "time_withdrawn_already"
    assert len(await incidents.said(TimeWithdrawn)) == 1


async def test_nobody_withdraws_anothers_time(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    entry = await enter(incidents, ENGINEER, incident)
    assert (await withdraw(incidents, DESK, entry, expect=403))["code"] == "not_your_time"
    assert (await withdraw(incidents, DESK, {"id": uuid7()}, expect=404))["code"] == "time_entry_not_found"
    assert await totals(incidents, incident) == {(str(ENGINEER_ID), "remote", 30)}


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": 1441}, {"work": "sleep"}, {"spent_on": "yesterday"}, {"person_id": "x"}]
)
async def test_what_cannot_be_is_refused(one_service: OneService.Factory, wrong: dict[str, Any]) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    assert (await enter(incidents, ENGINEER, incident, expect=422, **wrong))["code"] == "invalid_input"
    assert await incidents.said(TimeSpent) == []


async def test_time_is_entered_once_it_is_spent_and_not_of_before_the_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    problem = await enter(incidents, ENGINEER, incident, spent_on="2090-01-01", expect=422)
    assert problem["code"] == "time_not_yet_spent"
    for day in ("0001-01-01", "2020-03-01"):
        assert (await enter(incidents, ENGINEER, incident, spent_on=day, expect=422))["code"] == "time_spent_before"


@pytest.mark.parametrize("role", [Role.CUSTOMER_USER, Role.EMERGENCY_TEAM])
async def test_a_customers_people_neither_see_nor_enter_time(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    entry = await enter(incidents, ENGINEER, incident)
    theirs = principal(role, Role.CUSTOMER_USER, customer_id=customer.id)
    await enter(incidents, theirs, incident, expect=403)
    await withdraw(incidents, theirs, entry, expect=403)
    for path in ("time", "time/totals"):
        await ask(incidents, theirs, "GET", f"/v1/incidents/{incident['id']}/{path}", expect=403)
    assert TimeSpent.type not in await told_types(incidents, theirs, incident)
    assert TimeSpent.type in await told_types(incidents, DESK, incident)


async def test_an_unknown_incident_takes_no_time(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    assert (await enter(incidents, ENGINEER, {"id": uuid7()}, expect=404))["code"] == "incident_not_found"


async def test_time_says_what_it_was_spent_on(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    usual = await enter(incidents, ENGINEER, incident)
    entry = await enter(incidents, ENGINEER, incident, service_item="performance_optimisation")
    await withdraw(incidents, ENGINEER, entry)
    assert [usual["service_item"], entry["service_item"]] == ["fault_removal", "performance_optimisation"]
    assert [fact.service_item for fact in await incidents.said(TimeWithdrawn)] == ["performance_optimisation"]
    assert (await enter(incidents, ENGINEER, incident, expect=422, service_item="coffee"))["code"] == "invalid_input"
