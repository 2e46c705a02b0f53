"""What people read is a function of counted time, also while nothing runs: no timer has fired in these tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.events.contracts import Target
from shared.events.incidents import ClockBreached, ClockWarned
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
from tests.builders.pauses import ASKED, down_for
from tests.builders.talk import ask
from tests.harness import OneService

MORNINGS = {"zone": "UTC", "week": [[["09:00", "12:00"]]] * 7, "exceptions": {}}
A_MORNING = Target(severity="general", kind="resolve", amount=3 * HOUR, unit="working_seconds")


async def listed(incidents: OneService, *, breached: bool) -> set[str]:
    found = await ask(incidents, DESK, "GET", "/v1/incidents", params={"breached": breached})
    return {incident["number"] for incident in found}


async def filter_and_pages_agree(incidents: OneService) -> set[str]:
    """The incidents of which a promise is broken: as the filter says, as pages say, and as exports say."""
    pages = await ask(incidents, DESK, "GET", "/v1/incidents")
    broke = {one["number"] for one in pages if "breached" in states(one).values()}
    assert await listed(incidents, breached=True) == broke
    assert await listed(incidents, breached=False) == {one["number"] for one in pages} - broke
    async with incidents.as_(DESK) as desk:
        exported = (await desk.get("/v1/incidents:export", params={"breached": True})).text
    assert {number for number in broke if number in exported} == broke
    return broke


async def paused_for_two_hours(incidents: OneService) -> dict[str, Any]:
    customer = Customer()
    await a_customer(incidents, customer.agreed(pause_cap_seconds=2 * HOUR), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    return incident


async def test_a_pause_is_read_as_ended_at_its_planned_end(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await paused_for_two_hours(incidents)
    down_for(incidents, hours=5)
    now = await seen(incidents, incident)
    assert (states(now)["resolve"], counted_minutes(now, "resolve")) == ("running", 180)
    [pause] = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/pauses")
    assert pause["until_at"] == pause["planned_until_at"]
    alone = await ask(incidents, DESK, "GET", f"/v1/pauses/{pause['id']}")
    assert alone["until_at"] == pause["planned_until_at"]
    path = f"/v1/incidents/{incident['id']}/clocks/resolve/explanation"
    explained = await ask(incidents, DESK, "GET", path)
    waited, ran = explained["lines"][-2:]
    assert (waited["reason"], waited["until_at"], ran["counts"]) == ("waiting_for_customer", pause["until_at"], True)
    due = datetime.fromisoformat(clock(now, "resolve")["due_at"])
    assert due == datetime.fromisoformat(incident["reported_at"]) + timedelta(hours=10)
    await incidents.settle()
    again = await seen(incidents, incident)
    assert (again["state"], clock(again, "resolve")["due_at"]) == ("in_progress", clock(now, "resolve")["due_at"])


async def test_a_promise_broken_after_the_planned_end_of_a_pause_is_read_as_broken(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await paused_for_two_hours(incidents)
    down_for(incidents, hours=9, minutes=59)
    assert states(await seen(incidents, incident))["resolve"] == "running"
    down_for(incidents, minutes=2)
    assert states(await seen(incidents, incident))["resolve"] == "breached"
    assert incident["number"] in await filter_and_pages_agree(incidents)
    await incidents.settle()
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]


async def test_what_is_done_while_nothing_ran_is_judged_by_the_planned_end(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await paused_for_two_hours(incidents)
    down_for(incidents, hours=11)
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(solved)["resolve"] == "breached"
    await incidents.settle()
    assert await armed_timers(incidents) == []


@pytest.mark.parametrize("minutes", [59, 61, 481])
async def test_the_filter_by_breach_agrees_with_what_was_counted(one_service: OneService.Factory, minutes: int) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    first, waits = await reported(incidents, customer), await in_progress(incidents, customer)
    await reported(incidents, customer, severity="consultation")
    await reported(incidents, customer, asset_id=str(customer.printer))
    await do(incidents, ENGINEER, waits, "pause", ASKED)
    down_for(incidents, minutes=minutes)
    broke = await filter_and_pages_agree(incidents)
    assert (first["number"] in broke) is (minutes > 60)
    assert waits["number"] not in broke
    await incidents.settle()
    assert await filter_and_pages_agree(incidents) == broke


async def test_what_is_due_at_a_closing_is_not_broken_before_the_next_opening(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(calendar=MORNINGS, targets=(A_MORNING,)), of=customer)
    now = await incidents.now()
    evening = (now + timedelta(days=1)).replace(hour=20, minute=0, second=0)
    down_for(incidents, seconds=(evening - now).total_seconds())
    incident = await reported(incidents, customer)
    down_for(incidents, hours=20)
    assert datetime.fromisoformat(clock(incident, "resolve")["due_at"]) < await incidents.now()
    assert await filter_and_pages_agree(incidents) == set()
    down_for(incidents, hours=20)
    assert await filter_and_pages_agree(incidents) == {incident["number"]}


async def test_what_broke_while_nothing_ran_is_said_as_late_whenever_its_timer_was_set(
    one_service: OneService.Factory,
) -> None:
    """Its pause ended and it broke in one downtime: its timer is armed when all that is seen, and due at once."""
    incidents = await one_service("incidents")
    await paused_for_two_hours(incidents)
    down_for(incidents, days=2)
    await incidents.settle()
    said = [(each.kind, each.late) for each in await incidents.said(ClockBreached)]
    assert said == [("on_site", True), ("resolve", True)]
    late = [(each.percent, each.late) for each in await incidents.said(ClockWarned) if each.kind == "resolve"]
    assert late == [(50, True), (75, True), (90, True)]


async def test_a_warning_ahead_of_the_end_tells_how_much_is_used_then(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(warn_before_seconds=(600,)), of=customer)
    await reported(incidents, customer)
    down_for(incidents, hours=10)
    await incidents.settle()
    ahead = [said for said in await incidents.said(ClockWarned) if said.kind == "respond" and said.before_seconds]
    assert [(said.percent, said.before_seconds, said.late) for said in ahead] == [(83, 600, True)]
