"""The command line against the whole platform: an incident from report to confirmation, its time accounted for."""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.builders.calling import Caller
from tests.builders.organisation import Organisation, a_world
from tests.flows.test_import import caller
from tests.harness import Platform

WORKED = (
    ("acknowledge",),
    ("assign", "--engineer", "engineer@demo.example"),
    ("classify", "--severity", "general", "--fault-class", "device", "--analysis", "The card does not start"),
    ("pause", "--reason", "waiting_for_customer", "--evidence", "Asked for a window"),
)


@pytest.fixture
async def world(platform: Platform) -> Organisation:
    return await a_world(platform)


def person(world: Organisation, folder: Path, name: str) -> Caller:
    own = folder / name
    own.mkdir()
    return caller(world.platform, own, f"{name}@demo.example")


async def told(someone: Caller, *arguments: str) -> Any:
    code, out, err = await someone.has_called(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


async def reported(desk: Caller) -> str:
    number: str = (await told(desk, "incidents", "report", "--title", "No network", "--asset", "SN-1"))["number"]
    return number


async def test_an_incident_goes_from_its_report_to_its_confirmation(world: Organisation, tmp_path: Path) -> None:
    desk, operator = person(world, tmp_path, "desk"), person(world, tmp_path, "operator")
    number = await reported(desk)
    await world.platform.settle()
    for move, *options in WORKED:
        moved = await told(desk, "incidents", move, number, *options)
    assert (moved["state"], {clock["state"] for clock in moved["clocks"]}) == ("waiting", {"met", "paused"})
    await world.platform.advance(hours=2)
    await told(desk, "incidents", "resume", number)
    await told(desk, "incidents", "resolve", number, "--solution", "Card replaced")
    confirmed = await told(operator, "incidents", "confirm", number)
    assert confirmed["state"] in ("confirmed", "closed")


async def test_a_promise_is_accounted_for_and_a_change_of_it_is_foreseen(world: Organisation, tmp_path: Path) -> None:
    desk, administrator = person(world, tmp_path, "desk"), caller(world.platform, tmp_path)
    number = await reported(desk)
    await world.platform.settle()
    for move, *options in WORKED:
        await told(desk, "incidents", move, number, *options)
    await world.platform.advance(hours=2)
    account = await told(desk, "clocks", "explain", number, "resolve")
    assert ceil(sum(line["seconds"] for line in account["lines"] if line["counts"])) == account["counted_seconds"]
    assert "waiting_for_customer" in {line["reason"] for line in account["lines"]}
    code, out, _ = await desk.has_called("clocks", "explain", number, "resolve", language="zh")
    assert (code, "等待客户" in out) == (0, True)
    targets = tmp_path / "targets.json"
    targets.write_text('[{"severity": "general", "kind": "resolve", "amount": 864000, "unit": "seconds"}]')
    foreseen = await told(administrator, "clocks", "what-if", await agreement(administrator), "--targets", str(targets))
    assert (number, "resolve") in {(clock["number"], clock["kind"]) for clock in foreseen["moved"]}


async def test_what_the_customer_alone_may_do_is_refused_to_the_desk(world: Organisation, tmp_path: Path) -> None:
    desk = person(world, tmp_path, "desk")
    number = await reported(desk)
    code, _, err = await desk.has_called("incidents", "confirm", number)
    assert (code, "403" in err) == (1, True)


async def agreement(someone: Caller) -> str:
    [contract] = await told(someone, "contracts", "list")
    [found] = await told(someone, "contracts", "show", contract["number"])
    return str(found["id"])
