"""Whoever needs several incidents locks them in one order, whatever they are to each other: none waits in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.builders.eventually import eventually
from tests.builders.incidents import DESK, ENGINEER, SOLVED, a_customer, broken, do, in_progress, reported
from tests.builders.locks import SYSTEM, is_waited_for, waits_without
from tests.builders.talk import ask, said, say
from tests.harness import OneService

Incident = dict[str, Any]
Move = Callable[[OneService, Incident, Incident], Coroutine[Any, Any, Any]]
WHY = {"reason": "The same switch."}


async def put_below(incidents: OneService, child: Incident, parent: Incident) -> Incident:
    body = {"parent_id": parent["id"]}
    found: Incident = await ask(incidents, DESK, "PUT", f"/v1/incidents/{child['id']}/parent", json=body)
    return found


FAMILY: dict[str, Move] = {
    "resolve": lambda incidents, parent, _: do(incidents, ENGINEER, parent, "resolve", SOLVED),
    "comment": lambda incidents, parent, _: say(incidents, DESK, parent, "We are on it."),
}
PAIR: dict[str, Move] = {
    "set_parent": lambda incidents, older, later: put_below(incidents, older, later),
    "set_parent_the_other_way": lambda incidents, older, later: put_below(incidents, later, older),
    "merge": lambda incidents, older, later: do(incidents, DESK, later, "merge", WHY | {"target_id": older["id"]}),
}


@pytest.mark.parametrize("move", FAMILY)
async def test_a_family_is_locked_in_the_order_of_ids_and_not_parent_first(
    one_service: OneService.Factory, move: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    child, parent = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await put_below(incidents, child, parent)
    ids = UUID(child["id"]), UUID(parent["id"])
    await waits_without(incidents, "incidents", *ids, FAMILY[move](incidents, parent, child))


@pytest.mark.parametrize("move", PAIR)
async def test_a_pair_is_locked_in_the_order_of_ids(one_service: OneService.Factory, move: str) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    older, later = await reported(incidents, customer), await reported(incidents, customer)
    await waits_without(
        incidents, "incidents", UUID(older["id"]), UUID(later["id"]), PAIR[move](incidents, older, later)
    )


async def test_a_confirmation_waits_for_the_child_without_holding_the_parent(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    child, parent = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await put_below(incidents, child, parent)
    await do(incidents, ENGINEER, parent, "resolve", SOLVED | {"with_children": False})
    ids = UUID(child["id"]), UUID(parent["id"])
    confirming = do(incidents, customer.user, parent, "confirm", expect=409)
    assert (await waits_without(incidents, "incidents", *ids, confirming))["code"] == "children_open"


async def test_timers_that_fire_together_lock_their_incidents_in_the_order_of_ids(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    older = await in_progress(incidents, customer)
    later = await in_progress(incidents, customer, severity="disaster")
    await incidents.settle()
    incidents.time.advance(timedelta(days=14))
    timers = next(loop for loop in incidents.runtime.loops if loop.name == "timers")
    await waits_without(incidents, "incidents", UUID(older["id"]), UUID(later["id"]), timers.step())
    assert (await broken(incidents)).count("resolve") == 2


async def test_who_came_below_while_the_parent_was_waited_for_is_told_too(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    child, parent = await in_progress(incidents, customer), await in_progress(incidents, customer)
    async with incidents.runtime.database.transaction(SYSTEM) as session:
        about = {"parent": parent["id"], "child": child["id"]}
        held = "SELECT 1 FROM incidents.incidents WHERE id = :parent FOR NO KEY UPDATE"
        assert (await session.execute(text(held), about)).all()
        saying = asyncio.ensure_future(say(incidents, DESK, parent, "We are on it."))
        await eventually(lambda: is_waited_for(incidents), bool)
        await session.execute(text("UPDATE incidents.incidents SET parent_id = :parent WHERE id = :child"), about)
    await saying
    assert await said(incidents, DESK, child) == ["We are on it."]


@pytest.mark.parametrize("move", ["refuse", "reopen", "unmerge"])
async def test_what_is_taken_up_again_waits_for_who_closes_its_parent(
    one_service: OneService.Factory, move: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, child = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await put_below(incidents, child, parent)
    if move == "unmerge":
        target = await reported(incidents, customer)
        await do(incidents, DESK, child, "merge", WHY | {"target_id": target["id"]})
    await do(incidents, ENGINEER, parent, "resolve", SOLVED)
    who = customer.user if move == "refuse" else DESK
    ids = UUID(parent["id"]), UUID(child["id"])
    back = await waits_without(incidents, "incidents", *ids, do(incidents, who, child, move, WHY))
    assert (back["resolved_at"], back["parent_id"]) == (None, parent["id"])
