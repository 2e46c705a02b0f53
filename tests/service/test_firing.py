"""A batch of timers in one transaction: each effect as if it were alone, of its own customer, and once only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services import catalogue
from services.contracts.customers.models import Customer
from shared.audit import note, verify_chains
from shared.consumers import Consumers
from shared.db import Caller, context
from shared.events.contracts import CustomerChanged
from shared.firing import TimerLoop
from shared.mechanisms import tables_of
from shared.outbox import emit
from shared.service import Service
from shared.timers import Jobs, Timer, arm, cancel
from tests.harness import OneService

TABLES = tables_of("contracts")
TIMERS, OUTBOX, AUDIT = TABLES["timers"], TABLES["outbox"], TABLES["audit"]
SYSTEM = Caller("system:contracts", "system")
Also = Callable[[AsyncSession, Timer], Awaitable[object]]


@dataclass
class Bells:
    """Each timer that fires adds its customer, with an entry and an event; some labels do something more."""

    also: dict[str, Also] = field(default_factory=dict)
    rung: list[str] = field(default_factory=list)

    def service(self) -> Service:
        jobs = Jobs()

        @jobs.due("ring")
        async def ring(session: AsyncSession, timer: Timer) -> None:
            self.rung.append(timer.label)
            customer_id = context(session).customer_id
            assert customer_id
            session.add(Customer(customer_id=customer_id, name_zh=timer.label, name_en=timer.label))
            note(session, customer_id, "ring", after={"label": timer.label})
            said = CustomerChanged(customer_id=customer_id, name_zh="", name_en=timer.label, active=True)
            emit(session, said)
            if timer.label in self.also:
                await self.also[timer.label](session, timer)

        return replace(catalogue.service("contracts"), consumers=Consumers(), jobs=jobs)


async def arm_bells(service: OneService, *labels: str, subject: UUID | None = None) -> dict[str, UUID]:
    """Arm overdue timers in this order, each of a customer of its own; returns the customers."""
    customers = {label: uuid7() for label in labels}
    async with service.runtime.database.transaction(SYSTEM) as session:
        first = context(session).now - timedelta(minutes=len(labels))
        for minute, label in enumerate(labels):
            due = first + timedelta(minutes=minute)
            await arm(session, "ring", subject or uuid7(), due, label=label, customer_id=customers[label])
    return customers


async def states(service: OneService) -> list[tuple[str, str]]:
    rows = await service.rows(select(TIMERS).order_by(TIMERS.c.label, TIMERS.c.state))
    return [(row.label, row.state) for row in rows]


async def test_a_batch_of_several_customers_is_written_in_due_order_each_as_its_own(
    one_service: OneService.Factory,
) -> None:
    service = await one_service(Bells().service())
    customers = await arm_bells(service, "first", "second", "third")
    await service.settle()
    timers = {row.label: row for row in await service.rows(select(TIMERS))}
    said = [row.envelope for row in await service.rows(select(OUTBOX).order_by(OUTBOX.c.id))]
    assert [envelope["data"]["name_en"] for envelope in said] == ["first", "second", "third"]
    assert [envelope["causationid"] for envelope in said] == [str(timers[label].id) for label in customers]
    entries = await service.rows(select(AUDIT).order_by(AUDIT.c.subject))
    assert [entry.customer_id for entry in entries] == sorted(customers.values())
    async with service.runtime.database.transaction(SYSTEM) as session:
        assert await verify_chains(session) == []


@pytest.mark.parametrize("what", ["row", "entry"])
async def test_an_effect_that_writes_for_another_customer_is_refused_and_the_others_fire(
    one_service: OneService.Factory, what: str
) -> None:
    async def write_foreign(session: AsyncSession, _: Timer) -> None:
        if what == "row":
            session.add(Customer(customer_id=uuid7(), name_zh="乙", name_en="B"))
        else:
            note(session, uuid7(), "ring", customer_id=uuid7())

    service = await one_service(Bells({"bad": write_foreign}).service())
    await arm_bells(service, "first", "bad", "last")
    await service.settle()
    assert await states(service) == [("bad", "armed"), ("first", "fired"), ("last", "fired")]
    [bad] = await service.rows(select(TIMERS).where(TIMERS.c.label == "bad"))
    assert "row-level security" in bad.error
    assert [event.name_en for event in await service.said(CustomerChanged)] == ["first", "last"]


async def test_an_effect_takes_back_or_moves_what_is_due_after_it_in_the_same_batch(
    one_service: OneService.Factory,
) -> None:
    async def take_back_and_move(session: AsyncSession, timer: Timer) -> None:
        await cancel(session, "ring", timer.subject_id, label="taken back")
        later = context(session).now + timedelta(hours=1)
        await arm(session, "ring", timer.subject_id, later, label="moved")

    bells = Bells({"first": take_back_and_move})
    service = await one_service(bells.service())
    await arm_bells(service, "first", "taken back", "moved", "last", subject=uuid7())
    await service.settle()
    assert bells.rung == ["first", "last"]
    expected = [("first", "fired"), ("last", "fired"), ("moved", "armed"), ("taken back", "cancelled")]
    assert await states(service) == expected
    await service.advance(hours=2)
    assert bells.rung == ["first", "last", "moved"]


async def test_what_fired_earlier_in_the_batch_has_fired_whatever_a_later_effect_does_to_it(
    one_service: OneService.Factory,
) -> None:
    async def take_back_and_arm(session: AsyncSession, timer: Timer) -> None:
        await cancel(session, "ring", timer.subject_id, label="first")
        later = context(session).now + timedelta(hours=1)
        await arm(session, "ring", timer.subject_id, later, label="second", customer_id=uuid7())

    bells = Bells({"last": take_back_and_arm})
    service = await one_service(bells.service())
    await arm_bells(service, "first", "second", "last", subject=uuid7())
    await service.settle()
    assert bells.rung == ["first", "second", "last"]
    expected = [("first", "fired"), ("last", "fired"), ("second", "armed"), ("second", "fired")]
    assert await states(service) == expected


async def again(session: AsyncSession, timer: Timer) -> None:
    await arm(session, "ring", timer.subject_id, context(session).now + timedelta(hours=1), label=timer.label)


async def take_back(session: AsyncSession, timer: Timer) -> None:
    await cancel(session, "ring", timer.subject_id)


async def take_back_and_again(session: AsyncSession, timer: Timer) -> None:
    await take_back(session, timer)
    await again(session, timer)


async def nothing(session: AsyncSession, timer: Timer) -> None:
    """The effect is all there is."""


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (nothing, ["fired"]),
        (again, ["armed", "fired"]),
        (take_back, ["fired"]),
        (take_back_and_again, ["armed", "cancelled", "fired"]),
    ],
)
async def test_of_two_workers_that_fire_the_same_timer_one_commits(
    one_service: OneService.Factory, act: Also, left: list[str]
) -> None:
    both_have_it = asyncio.Barrier(2)

    async def meet_and_act(session: AsyncSession, timer: Timer) -> None:
        async with asyncio.timeout(30):
            await both_have_it.wait()
        await act(session, timer)

    bells = Bells({"tea": meet_and_act})
    first = await one_service(bells.service())
    await arm_bells(first, "tea")
    second = await OneService.opened(bells.service(), first.runtime.database.url)
    loops = [
        TimerLoop(service.runtime.database, service.runtime.service.jobs, service.runtime.tracer)
        for service in (first, second)
    ]
    await asyncio.gather(*(loop.step() for loop in loops))
    await second.close()
    assert bells.rung == ["tea", "tea"]
    assert sorted(state for _, state in await states(first)) == left
    assert len(await first.said(CustomerChanged)) == 1
    assert len(await first.rows(select(Customer))) == 1
