"""Promises: kept, warned of, broken, aimed anew, and given up when they have no point; each said once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from shared.calendar import WorkCalendar
from shared.db import Caller
from shared.events.contracts import Target
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    SuperiorInformed,
)
from shared.events.incidents import ClockArmed, ClockBreached, ClockStopped, ClockWarned
from shared.mechanisms import tables_of
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    HOUR,
    OFFICE_HOURS,
    SOLVED,
    TARGETS,
    Customer,
    a_customer,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.harness import OneService

TIMERS = tables_of("incidents")["timers"]


async def warned(incidents: OneService, kind: str) -> list[int]:
    return [w.percent for w in await incidents.said(ClockWarned) if w.kind == kind]


async def broken(incidents: OneService) -> list[str]:
    return [b.kind for b in await incidents.said(ClockBreached)]


async def stopped(incidents: OneService) -> dict[str, str]:
    return {s.kind: s.outcome for s in await incidents.said(ClockStopped)}


async def armed_timers(incidents: OneService) -> list[str]:
    rows = await incidents.rows(select(TIMERS.c.label).where(TIMERS.c.state == "armed").order_by(TIMERS.c.label))
    return [row[0] for row in rows]


def clock(incident: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [clock for clock in incident["clocks"] if clock["kind"] == kind]
    assert isinstance(found, dict)
    return found


def requested(customer: Customer, incident: dict[str, Any], at: datetime) -> ActivationRequested:
    return ActivationRequested(
        activation_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        number=incident["number"],
        plan_id=uuid7(),
        plan_name_zh="网络中断应急预案",
        plan_name_en="Network outage",
        reason="Both supervisors are dead.",
        requested_by=ENGINEER.id,
        requested_at=at,
        answer_by=at + timedelta(minutes=30),
        leader_ids=(),
    )


def decided(request: ActivationRequested, at: datetime, *, refused: bool = False) -> Any:
    said = request.model_dump() | {"decided_by": uuid7(), "decided_by_name": "示例领导", "decided_at": at}
    return ActivationRefused(**said) if refused else ActivationAuthorised(**said, information="As reported.")


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


async def test_a_promise_kept_in_time_is_met_and_warns_no_more(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await incidents.advance(minutes=31)
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=1)
    assert await warned(incidents, "respond") == [50]
    assert await broken(incidents) == []
    assert await stopped(incidents) == {"respond": "met"}
    now = await seen(incidents, incident)
    assert states(now) == {"respond": "met", "on_site": "running", "resolve": "running"}
    assert HOUR / 2 < clock(now, "respond")["counted_seconds"] < HOUR * 0.6


async def test_a_promise_is_warned_of_at_half_three_quarters_and_nine_tenths_then_broken(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    heard = []
    for minutes in (29, 2, 15, 9, 6, 60):
        await incidents.advance(minutes=minutes)
        heard.append((await warned(incidents, "respond"), (await broken(incidents)).count("respond")))
    assert heard == [([], 0), ([50], 0), ([50, 75], 0), ([50, 75, 90], 0), ([50, 75, 90], 1), ([50, 75, 90], 1)]
    late = await do(incidents, DESK, incident, "acknowledge")
    assert clock(late, "respond")["state"] == "breached"
    assert clock(late, "respond")["remaining_seconds"] < 0
    assert await stopped(incidents) == {"respond": "breached"}
    assert (await broken(incidents)).count("respond") == 1


async def test_what_fell_due_while_we_were_down_is_said_once_in_order_and_late(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    await reported(incidents, await a_customer(incidents))
    await incidents.settle()
    incidents.time.advance(timedelta(hours=20))
    for _ in range(2):
        await incidents.settle()
    assert await warned(incidents, "resolve") == [50, 75, 90]
    assert await broken(incidents) == ["respond", "on_site", "resolve"]
    said = [*await incidents.said(ClockWarned), *await incidents.said(ClockBreached)]
    assert all(event.late for event in said)


async def test_a_timer_that_fires_again_says_nothing_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await reported(incidents, await a_customer(incidents))
    await incidents.advance(hours=9)
    before = len(incidents.bus.published)
    async with incidents.runtime.database.transaction(Caller("system:test", "system")) as session:
        await session.execute(update(TIMERS).values(state="armed"))
    await incidents.settle()
    assert len(incidents.bus.published) == before


async def test_a_timer_left_behind_does_not_break_a_promise_that_was_kept(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await do(incidents, DESK, incident, "acknowledge")
    async with incidents.runtime.database.transaction(Caller("system:test", "system")) as session:
        await session.execute(update(TIMERS).where(TIMERS.c.label.like("respond%")).values(state="armed"))
    await incidents.advance(minutes=90)
    assert (await warned(incidents, "respond"), await broken(incidents)) == ([], [])


async def test_a_breach_whose_timer_has_not_fired_is_said_when_the_promise_is_kept_too_late(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    incidents.time.advance(timedelta(minutes=61))
    await do(incidents, DESK, incident, "acknowledge")
    assert (await broken(incidents)).count("respond") == 1
    assert await stopped(incidents) == {"respond": "breached"}


async def test_a_promise_kept_while_its_timer_fires_is_broken_once_and_nothing_blocks(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    several = [await reported(incidents, customer) for _ in range(6)]
    incidents.time.advance(timedelta(minutes=61))
    keeping = [do(incidents, DESK, incident, "acknowledge") for incident in several]
    await asyncio.gather(*keeping, incidents.settle())
    assert await broken(incidents) == ["respond"] * 6
    outcomes = [s.outcome for s in await incidents.said(ClockStopped)]
    assert outcomes == ["breached"] * 6
    assert await incidents.rows(select(TIMERS.c.error).where(TIMERS.c.error.is_not(None))) == []


async def test_a_new_severity_keeps_what_was_counted_and_moves_what_is_due(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await incidents.advance(minutes=59)
    await do(incidents, DESK, incident, "acknowledge")
    disaster = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    resolve, on_site = clock(disaster, "resolve"), clock(disaster, "on_site")
    assert (resolve["target_seconds"], resolve["started_at"]) == (6 * HOUR, incident["reported_at"])
    assert resolve["counted_seconds"] >= 59 * 60
    assert on_site == clock(incident, "on_site") | {
        "counted_seconds": on_site["counted_seconds"],
        "remaining_seconds": on_site["remaining_seconds"],
    }
    assert clock(disaster, "respond")["state"] == "met"
    armed = [(c.kind, c.amount) for c in await incidents.said(ClockArmed)]
    assert armed[3:] == [("resolve", 6 * HOUR), ("plan_requested", HOUR // 4), ("superior_told", HOUR)]
    await incidents.advance(hours=2, minutes=2)
    assert await warned(incidents, "resolve") == [50]


async def test_a_shorter_target_that_is_nearly_used_up_warns_once_at_its_height(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=4, minutes=45)
    assert await warned(incidents, "resolve") == [50]
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert await warned(incidents, "resolve") == [50, 75]
    await incidents.advance(minutes=40)
    assert await warned(incidents, "resolve") == [50, 75, 90]


async def test_a_shorter_target_that_is_used_up_is_broken_at_once_and_not_late(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=7)
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    [breach] = [b for b in await incidents.said(ClockBreached) if b.kind == "resolve"]
    assert not breach.late


async def test_a_longer_target_lifts_a_breach_and_can_be_broken_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await incidents.advance(hours=7)
    assert clock(await seen(incidents, incident), "resolve")["state"] == "breached"
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "resolve")["state"] == "running"
    await incidents.advance(hours=2)
    assert (await broken(incidents)).count("resolve") == 2


async def test_the_same_severity_again_leaves_the_promises_alone(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    armed, timers = len(await incidents.said(ClockArmed)), await armed_timers(incidents)
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"analysis": "Both cards are dead."})
    assert (len(await incidents.said(ClockArmed)), await armed_timers(incidents)) == (armed, timers)


async def test_a_promise_the_severity_does_not_make_is_cancelled_and_can_come_back(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="consultation")
    assert states(incident) == {"respond": "met", "on_site": "cancelled", "resolve": "running"}
    assert (await stopped(incidents))["on_site"] == "cancelled"
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "on_site")["state"] == "running"
    assert clock(general, "on_site")["started_at"] == incident["reported_at"]
    await incidents.advance(hours=2, minutes=1)
    assert (await broken(incidents)).count("on_site") == 1


async def test_a_severity_that_adds_a_promise_counts_it_from_the_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, severity="consultation")
    assert set(states(incident)) == {"respond", "resolve"}
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(minutes=90)
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "on_site")["started_at"] == incident["reported_at"]
    assert clock(general, "on_site")["counted_seconds"] >= 90 * 60


async def test_working_units_run_on_the_agreements_calendar(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents), severity="consultation")
    at = datetime.fromisoformat(incident["reported_at"])
    calendar = WorkCalendar.from_data(OFFICE_HOURS)
    assert datetime.fromisoformat(clock(incident, "respond")["due_at"]) == calendar.add(at, 4 * HOUR)
    assert datetime.fromisoformat(clock(incident, "resolve")["due_at"]) == calendar.add_working_days(at, 3)
    [respond] = [c for c in await incidents.said(ClockArmed) if c.kind == "respond"]
    assert (respond.unit, respond.calendar) == ("working_seconds", OFFICE_HOURS)


async def test_a_clock_accounts_for_every_second(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents), severity="consultation")
    await incidents.advance(days=7)
    async with incidents.as_(DESK) as desk:
        clocks = (await desk.get(f"/v1/incidents/{incident['id']}/clocks")).json()
    for one in clocks:
        assert sum(line["seconds"] for line in one["account"] if line["counts"]) == one["counted_seconds"]
        assert {line["reason"] for line in one["account"]} == {"counted", "outside_hours"}
        assert one["account"][0]["from_at"] == one["started_at"]


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
    assert clock(now, "plan_decided")["activation_id"] == str(request.activation_id)
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
    deciding = {c["activation_id"]: c["state"] for c in now["clocks"] if c["kind"] == "plan_decided"}
    assert deciding == {str(first.activation_id): "met", str(second.activation_id): "running"}
    await incidents.advance(minutes=31)
    assert await broken(incidents) == ["plan_decided"]


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


async def test_a_promise_broken_by_the_time_service_is_restored_stays_broken(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(hours=3)
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(solved) == {"respond": "met", "on_site": "breached", "resolve": "met"}
    assert (await stopped(incidents))["on_site"] == "breached"


async def test_an_agreement_without_a_figure_promises_nothing_there(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    only = (Target(severity="general", kind="resolve", amount=HOUR, unit="seconds"),)
    await a_customer(incidents, customer.agreed(targets=only), of=customer)
    incident = await in_progress(incidents, customer)
    assert states(incident) == {"resolve": "running"}
    await incidents.hear(requested(customer, incident, await incidents.now()))
    assert states(await seen(incidents, incident)) == {"resolve": "running"}


async def test_an_incident_that_is_not_covered_goes_its_way_without_promises(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, asset_id=str(customer.printer), severity="disaster")
    await do(incidents, DESK, incident, "acknowledge")
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert (solved["state"], solved["clocks"], solved["covered"]) == ("resolved", [], False)


async def test_a_version_that_was_replaced_still_counts_for_what_was_reported_under_it(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await do(incidents, DESK, incident, "acknowledge")
    halved = tuple(t.model_copy(update={"amount": max(1, t.amount // 2)}) for t in TARGETS)
    await incidents.hear(customer.agreed(in_force=False), sequence=2)
    await incidents.hear(customer.agreed(agreement_id=uuid7(), revision=2, targets=halved))
    worse = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert clock(worse, "resolve")["target_seconds"] == 6 * HOUR
