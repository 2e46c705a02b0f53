"""Pauses that the customer disputes: who settles that, and what counts when one is struck."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.events.incidents import ClockBreached, PauseReplanned, PauseSettled
from shared.permissions import Role
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
    seen,
    states,
)
from tests.builders.pauses import ASKED, capped, pauses_of
from tests.harness import OneService, principal

QUALITY = principal(Role.QUALITY)
BOTH = ["resolve", "resolve:50", "resolve:75", "resolve:90"]


async def settled(
    incidents: OneService, pause: dict[str, Any], who: Any, body: dict[str, Any], *, move: str = "settle"
) -> tuple[int, dict[str, Any]]:
    async with incidents.as_(who) as client:
        answer = await client.post(f"/v1/pauses/{pause['id']}/{move}", json=body)
    return answer.status_code, answer.json()


async def struck(incidents: OneService, customer: Customer, pause: dict[str, Any]) -> None:
    await settled(incidents, pause, customer.user, {"dispute": "Nobody asked."}, move="dispute")
    status, _ = await settled(incidents, pause, QUALITY, {"is_upheld": False, "settlement": "So it is."})
    assert status == 200


async def test_a_struck_pause_counts_after_all(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=9)
    await do(incidents, ENGINEER, incident, "resume")
    [pause] = await pauses_of(incidents, incident)
    body = {"dispute": "The key was at the gate since 09:00."}
    status, disputed = await settled(incidents, pause, customer.user, body, move="dispute")
    assert (status, disputed["dispute"], disputed["version"]) == (200, body["dispute"], 3)
    verdict = {"is_upheld": False, "settlement": "The gate's log shows it."}
    status, _ = await settled(incidents, pause, QUALITY, verdict)
    assert status == 200
    [said] = await incidents.said(PauseSettled)
    assert (said.outcome, said.settled_by) == ("struck", QUALITY.id)
    await incidents.settle()
    assert sorted(b.kind for b in await incidents.said(ClockBreached)) == ["on_site", "resolve"]
    assert clock(await seen(incidents, incident), "resolve")["counted_seconds"] >= 9 * HOUR


async def test_a_pause_struck_after_the_resolution_breaks_what_was_kept_or_given_up(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=9)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    [pause] = await pauses_of(incidents, incident)
    await settled(incidents, pause, customer.user, {"dispute": "No."}, move="dispute")
    await settled(incidents, pause, QUALITY, {"is_upheld": False, "settlement": "So it is."})
    now = states(await seen(incidents, incident))
    assert now == {"respond": "met", "on_site": "breached", "resolve": "breached"}
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]


async def test_an_open_pause_that_is_struck_ends(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    [pause] = await pauses_of(incidents, incident)
    await settled(incidents, pause, customer.user, {"dispute": "Nobody asked."}, move="dispute")
    await settled(incidents, pause, QUALITY, {"is_upheld": False, "settlement": "So it is."})
    now = await seen(incidents, incident)
    assert (now["state"], states(now)["resolve"]) == ("in_progress", "running")
    assert [label for label in await armed_timers(incidents) if label.startswith("resolve")] == BOTH


async def test_who_may_dispute_and_settle(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, other = await a_customer(incidents), await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    [pause] = await pauses_of(incidents, incident)
    verdict, dispute = {"is_upheld": True, "settlement": "Yes."}, {"dispute": "No."}
    author = principal(Role.QUALITY, person_id=ENGINEER.id)
    tries = (
        (QUALITY, "settle", verdict, (409, "not_disputed")),
        (other.user, "dispute", dispute, (404, "pause_not_found")),
        (DESK, "dispute", dispute, (403, "forbidden")),
        (customer.user, "dispute", dispute, (200, None)),
        (customer.user, "dispute", dispute, (409, "not_disputable")),
        (customer.user, "settle", verdict, (403, "forbidden")),
        (author, "settle", verdict, (403, "own_pause")),
        (QUALITY, "settle", verdict, (200, None)),
        (QUALITY, "settle", verdict, (409, "not_disputed")),
    )
    for who, move, body, expected in tries:
        status, answer = await settled(incidents, pause, who, body, move=move)
        assert (status, answer.get("code")) == expected


async def test_a_struck_pause_gives_its_time_back_to_the_one_that_goes_on(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, 2 * HOUR)
    await incidents.advance(minutes=30)
    await do(incidents, ENGINEER, incident, "resume")
    began = await incidents.now()
    paused = await do(incidents, ENGINEER, incident, "pause", ASKED)
    await struck(incidents, customer, (await pauses_of(incidents, incident))[0])
    [said] = await incidents.said(PauseReplanned)
    assert abs(said.planned_until_at - began - timedelta(hours=2)) < timedelta(seconds=30)
    now = await seen(incidents, incident)
    due, before = (datetime.fromisoformat(clock(each, "resolve")["due_at"]) for each in (now, paused))
    assert (counted_minutes(now, "resolve"), abs(due - before) < timedelta(seconds=30)) == (30, True)
    await incidents.advance(minutes=118)
    assert (await seen(incidents, incident))["state"] == "waiting"
    await incidents.advance(minutes=3)
    assert (await seen(incidents, incident))["state"] == "in_progress"


async def test_a_struck_pause_leaves_an_end_that_was_asked_for(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, 2 * HOUR)
    await incidents.advance(minutes=30)
    await do(incidents, ENGINEER, incident, "resume")
    until = await incidents.now() + timedelta(minutes=80)
    paused = await do(incidents, ENGINEER, incident, "pause", ASKED | {"until": until.isoformat()})
    first, second = await pauses_of(incidents, incident)
    await struck(incidents, customer, first)
    assert (await pauses_of(incidents, incident))[-1] == second
    now = await seen(incidents, incident)
    due, before = (datetime.fromisoformat(clock(each, "resolve")["due_at"]) for each in (now, paused))
    assert round((before - due) / timedelta(minutes=1)) == 30
    await incidents.advance(minutes=81)
    assert (await seen(incidents, incident))["state"] == "in_progress"


async def test_a_pause_that_is_upheld_changes_no_clock(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, incident = await capped(incidents, 2 * HOUR)
    await do(incidents, ENGINEER, incident, "resume")
    [pause] = await pauses_of(incidents, incident)
    said = len(await armed(incidents))
    await settled(incidents, pause, customer.user, {"dispute": "No."}, move="dispute")
    await settled(incidents, pause, QUALITY, {"is_upheld": True, "settlement": "It was asked for."})
    assert len(await armed(incidents)) == said
