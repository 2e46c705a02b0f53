"""Timers: due work is rows, fired once, in due order, with its effect, whatever was down meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from shared.db import Caller, context
from shared.events.contracts import CustomerChanged
from shared.firing import MAX_TRIES
from shared.mechanisms import tables_of
from shared.timers import arm, cancel
from tests.harness import OneService
from tests.toy import Toy

TIMERS = tables_of("contracts")["timers"]
SYSTEM = Caller("system:contracts", "system")


async def arm_rings(service: OneService, **minutes: int) -> None:
    async with service.runtime.database.transaction(SYSTEM) as session:
        for label, after in minutes.items():
            due = context(session).now + timedelta(minutes=after)
            await arm(session, "ring", uuid7(), due, label=label)


async def test_a_timer_fires_once_when_it_is_due_and_not_before(one_service: OneService.Factory) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    await arm_rings(service, tea=10)
    await service.advance(minutes=9)
    assert toy.fired == []
    await service.advance(minutes=2)
    await service.advance(hours=5)
    assert [timer.label for timer in toy.fired] == ["tea"]
    assert len(await service.said(CustomerChanged)) == 1


async def test_what_was_missed_while_down_fires_in_due_order_and_is_marked_late(
    one_service: OneService.Factory,
) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    await arm_rings(service, third=30, first=10, second=20)
    await service.advance(hours=2)
    assert [timer.label for timer in toy.fired] == ["first", "second", "third"]
    assert all(timer.late for timer in toy.fired)


async def test_a_cancelled_timer_never_fires_and_a_fired_one_cannot_be_cancelled(
    one_service: OneService.Factory,
) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    subject = uuid7()
    async with service.runtime.database.transaction(SYSTEM) as session:
        await arm(session, "ring", subject, context(session).now + timedelta(minutes=1))
        assert await cancel(session, "ring", subject) == 1
    await service.advance(hours=1)
    assert toy.fired == []
    async with service.runtime.database.transaction(SYSTEM) as session:
        await arm(session, "ring", subject, context(session).now)
    await service.settle()
    async with service.runtime.database.transaction(SYSTEM) as session:
        assert await cancel(session, "ring", subject) == 0


async def test_arming_again_moves_the_timer(one_service: OneService.Factory) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    subject = uuid7()
    for minutes in (10, 60):
        async with service.runtime.database.transaction(SYSTEM) as session:
            await arm(session, "ring", subject, context(session).now + timedelta(minutes=minutes))
    await service.advance(minutes=30)
    assert toy.fired == []
    await service.advance(minutes=31)
    assert len(toy.fired) == 1


async def test_an_effect_may_arm_its_own_timer_again(one_service: OneService.Factory) -> None:
    toy = Toy(repeating={"tea"})
    service = await one_service(toy.service())
    await arm_rings(service, tea=10)
    for fired in (1, 2, 3):
        await service.advance(minutes=10, seconds=1)
        assert len(toy.fired) == fired
    rows = await service.rows(TIMERS.select().where(TIMERS.c.kind == "ring"))
    assert sorted(row.state for row in rows) == ["armed", "fired", "fired", "fired"]


async def test_an_effect_may_cancel_all_timers_of_its_record_its_own_too(one_service: OneService.Factory) -> None:
    toy = Toy(ending={"first"})
    service = await one_service(toy.service())
    record = uuid7()
    async with service.runtime.database.transaction(SYSTEM) as session:
        for label, minutes in (("first", 1), ("second", 2)):
            due = context(session).now + timedelta(minutes=minutes)
            await arm(session, "ring", record, due, label=label)
    await service.advance(minutes=1, seconds=1)
    await service.advance(minutes=5)
    assert [timer.label for timer in toy.fired] == ["first"]
    rows = await service.rows(TIMERS.select().order_by(TIMERS.c.label))
    assert [(row.label, row.state) for row in rows] == [("first", "fired"), ("second", "cancelled")]


async def test_one_bad_timer_does_not_hold_up_the_others_and_is_parked_in_the_end(
    one_service: OneService.Factory,
) -> None:
    toy = Toy(failing={"bad"})
    service = await one_service(toy.service())
    await arm_rings(service, bad=1, good=2)
    await service.advance(minutes=5)
    assert [timer.label for timer in toy.fired] == ["good"]
    for _ in range(MAX_TRIES):
        await service.advance(minutes=10)
    [row] = await service.rows(TIMERS.select().where(TIMERS.c.label == "bad"))
    assert (row.state, row.tries) == ("parked", MAX_TRIES)
    assert "cannot ring bad" in row.error
    assert len(await service.said(CustomerChanged)) == 1


async def test_a_rolled_back_change_arms_nothing(one_service: OneService.Factory) -> None:
    toy = Toy()
    service = await one_service(toy.service())

    async def change_my_mind() -> None:
        async with service.runtime.database.transaction(SYSTEM) as session:
            await arm(session, "ring", uuid7(), context(session).now)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    await service.advance(hours=1)
    assert toy.fired == []
