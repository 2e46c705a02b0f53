"""A service of the tests' own on the tables of contracts: effects that count, fail and fire as a test tells them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services import catalogue
from services.contracts.customers import actions
from shared.consumers import Consumers
from shared.db import context
from shared.events.gateway import PersonChanged
from shared.service import Service
from shared.timers import Jobs, Timer, arm, cancel
from tests.harness import OneService

Open = Callable[[Service], Awaitable[OneService]]


@dataclass
class Toy:
    """Each person heard of becomes a customer row, so that an effect can be counted; some names fail."""

    failing: set[str] = field(default_factory=set)
    repeating: set[str] = field(default_factory=set)
    ending: set[str] = field(default_factory=set)
    fired: list[Timer] = field(default_factory=list)
    handled: list[str] = field(default_factory=list)
    lost_deadlocks: int = 0

    def service(self) -> Service:
        consumers, jobs = Consumers(), Jobs()

        @consumers.on(PersonChanged)
        async def count_person(session: AsyncSession, event: PersonChanged) -> None:
            """One row and one event per person heard of."""
            await actions.add_customer(session, name_zh=event.name_zh, name_en=event.name_en)
            if event.name_en in self.failing:
                raise RuntimeError(f"cannot handle {event.name_en}")
            if self.lost_deadlocks:
                self.lost_deadlocks -= 1
                raise asyncpg.DeadlockDetectedError("deadlock detected")
            self.handled.append(event.name_en)

        @jobs.due("ring")
        async def ring(session: AsyncSession, timer: Timer) -> None:
            """One row and one event per timer fired."""
            await actions.add_customer(session, name_zh=timer.label, name_en=timer.label)
            if timer.label in self.failing:
                raise RuntimeError(f"cannot ring {timer.label}")
            if timer.label in self.ending:
                await cancel(session, "ring", timer.subject_id)
            if timer.label in self.repeating:
                again = context(session).now + timedelta(minutes=10)
                await arm(session, "ring", timer.subject_id, again, label=timer.label)
            self.fired.append(timer)

        return replace(catalogue.service("contracts"), consumers=consumers, jobs=jobs)


def a_person(name: str, person_id: UUID | None = None) -> PersonChanged:
    return PersonChanged(
        person_id=person_id or uuid4(),
        name_zh=name,
        name_en=name,
        email="a@demo.example",
        phone="",
        locale="en",
        roles=(),
        customer_id=None,
        active=True,
    )
