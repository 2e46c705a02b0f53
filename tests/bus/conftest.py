"""The two carriers with the same topology; RabbitMQ is a private node of the session, its queues a test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from deploy.rabbit_node import RabbitNode
from shared.bus import Bus, Envelope, NeverTaken, PublishFailed, Topology
from shared.bus.local import LocalBus
from shared.bus.rabbit import RabbitBus

HAPPENED = "incidents.thing_happened.v1"
OTHER = "incidents.other_happened.v1"


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    node = RabbitNode()
    yield node.start()
    node.stop()


@pytest.fixture
def names() -> tuple[str, str]:
    """Two services' names; new ones for each test, so that no test finds another's queue."""
    return f"a_{uuid7().hex}", f"b_{uuid7().hex}"


@pytest.fixture
def topology(names: tuple[str, str]) -> Topology:
    """Service a hears one type, also in drills; service b hears two types, never in drills."""
    return {names[0]: frozenset({HAPPENED, f"drill.{HAPPENED}"}), names[1]: frozenset({HAPPENED, OTHER})}


@pytest.fixture(params=["local", pytest.param("rabbit", marks=pytest.mark.rabbit)])
async def bus(request: pytest.FixtureRequest, topology: Topology) -> AsyncIterator[Bus]:
    if request.param == "local":
        carrier: Bus = LocalBus(topology)
    else:
        carrier = RabbitBus(request.getfixturevalue("broker"), topology)
    await carrier.open()
    yield carrier
    await carrier.close()


@dataclass
class Ear:
    """A receiver that keeps what it takes, refuses as often as it is told, is busy with some until it is free, and can
    `never` take others.
    """

    taken: list[Envelope] = field(default_factory=list)
    refusals: int = 0
    has_refused: asyncio.Event = field(default_factory=asyncio.Event)
    busy_with: set[UUID] = field(default_factory=set)
    never: set[UUID] = field(default_factory=set)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, envelope: Envelope) -> None:
        if self.refusals:
            self.refusals -= 1
            self.has_refused.set()
            raise ConnectionError("the database is away")
        if envelope.id in self.never:
            raise NeverTaken(envelope.type)
        if envelope.id in self.busy_with:
            await self.free.wait()
        async with self.arrived:
            self.taken.append(envelope)
            self.arrived.notify_all()

    async def hears(self, *ids: UUID) -> None:
        """Wait until all of these have been taken (30 s at most; a lost one fails the test)."""
        async with asyncio.timeout(30), self.arrived:
            await self.arrived.wait_for(lambda: set(ids) <= {envelope.id for envelope in self.taken})


def an_envelope(kind: str = HAPPENED, subject: str = "s", sequence: int = 1, *, drill: bool = False) -> Envelope:
    return Envelope.model_validate(
        {
            "id": uuid7(),
            "source": "/aftercare/incidents",
            "type": kind,
            "subject": subject,
            "time": "2026-11-22T08:00:00Z",
            "actor": "system:test",
            "drill": uuid7() if drill else None,
            "sequence": sequence,
            "correlationid": uuid7(),
            "data": {"note": "医院 “äö” 🚑"},
        }
    )


async def published(bus: Bus, *envelopes: Envelope, of_history: bool = False) -> None:
    """Publish as the relay does: again, with the same id, until it is confirmed."""
    for envelope in envelopes:
        async with asyncio.timeout(30):
            while True:
                try:
                    await bus.publish(envelope, of_history=of_history)
                    break
                except PublishFailed:
                    await asyncio.sleep(0)
