"""Promises: kept, warned of, broken, given up; each said once, whatever fires twice or was down meanwhile."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select, text, update

from services.incidents.clocks import firing
from services.incidents.clocks.models import Clock
from services.incidents.clocks.timing import BREACH
from shared.calendar import WorkCalendar
from shared.db import Caller
from shared.events.incidents import ClockBreached, ClockStopped, ClockWarned
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    HOUR,
    OFFICE_HOURS,
    SOLVED,
    TIMERS,
    a_customer,
    armed,
    broken,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
    stopped,
    warned,
)
from tests.harness import OneService

WAITING = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


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


async def test_a_move_waits_for_a_timer_of_its_incident_and_neither_fails(one_service: OneService.Factory) -> None:
    """As the loop fires a breach: its effect, and only then the mark on its timer."""
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    incidents.time.advance(timedelta(minutes=61))
    [respond] = await incidents.rows(select(Clock.id, Clock.customer_id).where(Clock.kind == "respond"))
    loop = Caller("system:incidents", "system", customer_id=respond.customer_id)
    async with incidents.runtime.database.transaction(loop) as session:
        await firing.break_promise(session, clock_id=respond.id, late=False)
        keeping = asyncio.create_task(do(incidents, DESK, incident, "acknowledge"))
        async with asyncio.timeout(10):
            while not await incidents.rows(WAITING):
                pass
        fired = update(TIMERS).where(TIMERS.c.kind == BREACH, TIMERS.c.subject == str(respond.id))
        await session.execute(fired.values(state="fired"))
    assert clock(await keeping, "respond")["state"] == "breached"
    assert (await broken(incidents)).count("respond") == 1


async def test_working_units_run_on_the_agreements_calendar(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents), severity="consultation")
    at = datetime.fromisoformat(incident["reported_at"])
    calendar = WorkCalendar.from_data(OFFICE_HOURS)
    assert datetime.fromisoformat(clock(incident, "respond")["due_at"]) == calendar.add(at, 4 * HOUR)
    assert datetime.fromisoformat(clock(incident, "resolve")["due_at"]) == calendar.add_working_days(at, 3)
    [respond] = await armed(incidents, "respond")
    assert (respond.unit, respond.calendar) == ("working_seconds", OFFICE_HOURS)


async def test_a_clock_accounts_for_every_second(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents), severity="consultation")
    await incidents.advance(days=7)
    async with incidents.as_(DESK) as desk:
        accounts = (await desk.get(f"/v1/incidents/{incident['id']}/clocks")).json()
    for one in accounts:
        counted = sum(line["seconds"] for line in one["account"] if line["counts"])
        assert ceil(round(counted, 6)) == one["counted_seconds"]
        assert {line["reason"] for line in one["account"]} == {"counted", "outside_hours"}
        assert one["account"][0]["from_at"] == one["started_at"]


async def test_a_promise_broken_by_the_time_service_is_restored_stays_broken(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(hours=3)
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert states(solved) == {"respond": "met", "on_site": "breached", "resolve": "met"}
    assert (await stopped(incidents))["on_site"] == "breached"


async def test_an_incident_that_is_not_covered_goes_its_way_without_promises(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, asset_id=str(customer.printer), severity="disaster")
    await do(incidents, DESK, incident, "acknowledge")
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    solved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    assert (solved["state"], solved["clocks"], solved["covered"]) == ("resolved", [], False)
