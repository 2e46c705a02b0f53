"""Crashes between the steps of a delivery, and planted twins that prove a loss or a repeat would be seen."""

from __future__ import annotations

from collections.abc import Collection

from shared.bus import Bus, Envelope, PublishFailed
from shared.bus.local import LocalBus
from shared.db import AsyncSession, Caller
from shared.events.contracts import CustomerChanged
from shared.inbox import Inbox
from shared.mechanisms import tables_of
from shared.outbox import Relay, emit
from tests.faults.planted import InboxWithoutMemory, RelayWithoutConfirms
from tests.harness import OneService
from tests.service.test_outbox import a_customer
from tests.toy import Toy

SAID = 20
OUTBOX = tables_of("contracts")["outbox"]


class ProcessKilled(Exception):
    """Stands for SIGKILL at a chosen step: nothing after it runs."""


class CrashingRelay(Relay):
    """Is killed once, after the bus confirmed and before the rows are marked."""

    crashes = 1

    async def _mark(self, outcomes: object) -> None:
        if self.crashes:
            self.crashes -= 1
            raise ProcessKilled
        await super()._mark(outcomes)  # type: ignore[arg-type]  # passed through as it came


class FlakyBus(LocalBus):
    """Fails every third publish before anybody got it."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # passed through as it came
        self._count = 0

    async def publish(self, envelope: Envelope, *, of_history: bool = False) -> None:
        self._count += 1
        if self._count % 3 == 0:
            raise PublishFailed("the connection was lost")
        await super().publish(envelope, of_history=of_history)


async def effects(
    service: OneService, *, relay: type[Relay] = Relay, inbox: type[Inbox] = Inbox, bus: type[LocalBus] = LocalBus
) -> list[str]:
    """Say SAID facts, relay them to an inbox through crashes, and return the subject of each effect that was made."""
    made: list[str] = []
    listener = Toy().service().consumers

    @listener.on(CustomerChanged)
    async def write_effect(session: AsyncSession, event: CustomerChanged) -> None:
        made.append(str(event.customer_id))

    async with service.runtime.database.transaction(Caller("system:contracts", "system")) as session:
        for _ in range(SAID):
            emit(session, a_customer())
    carrier: Bus = bus({"contracts": listener.routing_keys()})
    await carrier.listen("contracts", inbox(service.runtime.database, listener, service.runtime.tracer).receive)
    publisher = relay(service.runtime.database, carrier, service.runtime.tracer)
    while await _stepped(publisher):
        pass
    return made


async def _stepped(relay: Relay) -> bool:
    try:
        return bool(await relay.step())
    except ProcessKilled:
        return True


def exactly_once(made: Collection[str]) -> bool:
    return len(made) == SAID and len(set(made)) == SAID


async def test_a_crash_between_confirmation_and_mark_repeats_nothing(one_service: OneService.Factory) -> None:
    assert exactly_once(await effects(await one_service("contracts"), relay=CrashingRelay))


async def test_without_the_inbox_the_repeat_would_be_seen(one_service: OneService.Factory) -> None:
    """The planted twin: the same crash without the inbox doubles effects."""
    made = await effects(await one_service("contracts"), relay=CrashingRelay, inbox=InboxWithoutMemory)
    assert not exactly_once(made)
    assert len(made) > SAID


async def test_a_bus_that_fails_loses_nothing(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    assert exactly_once(await effects(service, bus=FlakyBus))
    assert await service.rows(OUTBOX.select().where(OUTBOX.c.sent_at.is_(None))) == []


async def test_without_confirms_the_loss_would_be_seen(one_service: OneService.Factory) -> None:
    """The planted twin: marking what the bus did not confirm loses effects."""
    made = await effects(await one_service("contracts"), relay=RelayWithoutConfirms, bus=FlakyBus)
    assert not exactly_once(made)
    assert len(made) < SAID
