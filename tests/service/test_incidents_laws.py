"""What holds after any legal moves of an incident: events rebuild its clocks, accounts add up, alerts come once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared.auth import Principal
from shared.bus import Envelope
from shared.events.contracts import Target
from shared.events.incidents import ClockBreached, ClockWarned, IncidentClassified
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    ENGINEER_ID,
    HOUR,
    SOLVED,
    TARGETS,
    TIMERS,
    Customer,
    a_customer,
    reported,
    seen,
)
from tests.builders.replay import as_shown, rebuilt
from tests.harness import OneService

SEEDS = range(6)
MOVES = 14
UPDATES = Target(severity="general", kind="next_update", amount=2 * HOUR, unit="seconds")
BODIES: dict[str, dict[str, Any]] = {
    "classify": CLASSIFIED,
    "assign": {"engineer_id": str(ENGINEER_ID)},
    "prioritise": {"impact": "low", "urgency": "high"},
    "pause": {"reason": "waiting_for_customer", "evidence": "Asked."},
    "resolve": SOLVED,
    "refuse": {"reason": "No."},
    "reopen": {"reason": "Again."},
    "cancel": {"reason": "Mistake."},
}
PLAYED = frozenset({"acknowledge", "begin", "resume", "confirm"} | BODIES.keys())


async def make_any_move(
    incidents: OneService,
    incident: dict[str, Any],
    who: list[Principal],
    dice: random.Random,
    *,
    pause_until: str | None = None,
) -> None:
    """One of the moves that somebody may make now."""
    offers = [(move, actor) for actor in who for move in (await seen(incidents, incident, actor))["allowed"]]
    move, actor = dice.choice([offer for offer in offers if offer[0] in PLAYED])
    body = BODIES.get(move, {})
    if move == "classify":
        body = body | {"severity": dice.choice(["general", "major", "disaster", "consultation"])}
    if move == "pause":
        body = body | {"until": pause_until}
    async with incidents.as_(actor) as client:
        answer = await client.post(f"/v1/incidents/{incident['id']}/{move}", json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_allowed_can_be_done_and_clocks_agree_also_while_nothing_runs(
    one_service: OneService.Factory, seed: int
) -> None:
    """Pauses come to their planned ends unseen: timers fire now and then only."""
    dice = random.Random(100 + seed)
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=(*TARGETS, UPDATES)), of=customer)
    incident = await reported(incidents, customer)
    for _ in range(MOVES):
        until = (await incidents.now() + timedelta(minutes=dice.choice([1, 30, 300]))).isoformat()
        await make_any_move(incidents, incident, [DESK, ENGINEER, customer.user], dice, pause_until=until)
        incidents.time.advance(timedelta(minutes=dice.choice([0, 1, 20, 200, 2000])))
        if dice.random() < 0.2:
            await incidents.settle()
        now = await seen(incidents, incident)
        assert now["state"] == "waiting" or "paused" not in {clock["state"] for clock in now["clocks"]}
    await events_rebuild_the_clocks(incidents, incident)
    await accounts_add_up(incidents, incident)
    await alerts_came_once(incidents)
    await timers_are_of_clocks_that_run(incidents, incident)


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_any_legal_moves(one_service: OneService.Factory, seed: int) -> None:
    dice = random.Random(seed)
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(targets=(*TARGETS, UPDATES), warn_before_seconds=(600,)), of=customer)
    incident = await reported(incidents, customer)
    for _ in range(MOVES):
        await make_any_move(incidents, incident, [DESK, ENGINEER, customer.user], dice)
        await incidents.advance(minutes=dice.choice([0, 1, 20, 200, 2000]))
    await events_rebuild_the_clocks(incidents, incident)
    await accounts_add_up(incidents, incident)
    await alerts_came_once(incidents)
    await timers_are_of_clocks_that_run(incidents, incident)


async def events_rebuild_the_clocks(incidents: OneService, incident: dict[str, Any]) -> None:
    await incidents.settle()
    said: list[Envelope] = [e for e in incidents.bus.published if e.subject == incident["id"]]
    shown = {clock["clock_id"]: clock for clock in (await seen(incidents, incident))["clocks"]}
    found = rebuilt(said)
    assert found.keys() == shown.keys()
    for clock_id, clock in found.items():
        told = shown[clock_id]
        at = await incidents.now()
        again = as_shown(clock, at)
        assert abs(again.pop("counted_seconds") - told["counted_seconds"]) <= 2
        assert again == {name: told[name] for name in again}


async def accounts_add_up(incidents: OneService, incident: dict[str, Any]) -> None:
    async with incidents.as_(DESK) as desk:
        clocks = (await desk.get(f"/v1/incidents/{incident['id']}/clocks")).json()
    for clock in clocks:
        told = sum((timedelta(seconds=line["seconds"]) for line in clock["account"] if line["counts"]), timedelta())
        assert -(-told // timedelta(seconds=1)) == clock["counted_seconds"]
        edges = [datetime.fromisoformat(line["until_at"]) for line in clock["account"]]
        assert edges == sorted(edges)


async def alerts_came_once(incidents: OneService) -> None:
    """Of each clock, for each target it had: only a classification gives it another one."""
    targets = 1 + len(await incidents.said(IncidentClassified))
    breaches = Counter(said.clock_id for said in await incidents.said(ClockBreached))
    warnings = Counter((said.clock_id, said.percent, said.before_seconds) for said in await incidents.said(ClockWarned))
    assert max([0, *breaches.values(), *warnings.values()]) <= targets


async def timers_are_of_clocks_that_run(incidents: OneService, incident: dict[str, Any]) -> None:
    """Fired or cancelled, never both, and none is left of a clock that does not run."""
    rows = await incidents.rows(select(TIMERS.c.kind, TIMERS.c.subject, TIMERS.c.state, TIMERS.c.label))
    armed = {row.subject for row in rows if row.kind.startswith("clock_") and row.state == "armed"}
    clocks = (await seen(incidents, incident))["clocks"]
    assert armed == {clock["clock_id"] for clock in clocks if clock["state"] == "running"}
    assert {row.state for row in rows} <= {"armed", "fired", "cancelled"}
