"""Kills at the three worst moments. The ledger sees what each planted bug loses or repeats, and nothing without one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from deploy.rabbit_node import RabbitNode
from services import catalogue
from services.ledger import findings
from shared.bus.rabbit import RabbitBus
from shared.db import plain_url
from tests.builders.eventually import eventually
from tests.builders.organisation import Json, Organisation, a_world, post
from tests.faults.planted import NONE
from tests.flows.test_main_job import a_client_system, classified, reported
from tests.harness import PUBLIC_KEY, Platform

pytestmark = pytest.mark.rabbit
PATIENCE = 150.0
LOST = "Every event that has left was handled by each of its consumers."
REPEATED = "The contact of each closed incident was asked for an opinion once."
UNSENT = "SELECT count(*) FROM incidents.outbox WHERE sent_at IS NULL"
TRIED = "SELECT (count(*) = 0 OR max(tries) > 0)::int FROM incidents.outbox WHERE sent_at IS NULL"
SURVEYS = "SELECT count(*) FROM feedback.surveys WHERE incident_id = $1::text::uuid"
WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
END_WHAT_WAITS = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"
"""A statement that waits does not notice that its client is dead, and would be carried out all the same."""
HOLD_SURVEYS = "LOCK TABLE feedback.surveys IN ACCESS EXCLUSIVE MODE"
HOLD_OUTBOX = "SELECT FROM incidents.outbox WHERE sent_at IS NULL FOR UPDATE"
ACTIVE = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


@pytest.fixture(scope="module")
async def broker() -> AsyncIterator[tuple[RabbitNode, str]]:
    """A node that a test may kill. Its queues are there long before, see RabbitNode.kill."""
    node = RabbitNode()
    url = await asyncio.to_thread(node.start)
    bus = RabbitBus(url, catalogue.topology())
    await bus.open()
    await bus.close()
    yield node, url
    await asyncio.to_thread(node.stop)


@dataclass
class Workshop:
    """A platform whose API answers here, and whose workers are a process that can be killed."""

    world: Organisation
    node: RabbitNode
    amqp_url: str
    bug: str
    admin: asyncpg.Connection[asyncpg.Record]
    ready: list[Json] = field(default_factory=list)

    @property
    def platform(self) -> Platform:
        return self.world.platform

    @asynccontextmanager
    async def workers(self) -> AsyncIterator[Process]:
        """What they call last is answered here while they end, for they wait for the answer."""
        command = [sys.executable, "-m", "tests.faults.planted", self.bug]
        process = await asyncio.create_subprocess_exec(*command, env=self._told())
        try:
            yield process
            await ended(process, signal.SIGTERM)
        finally:
            await ended(process, signal.SIGKILL)

    def _told(self) -> dict[str, str]:
        recorder = self.platform.recorder
        told = {
            "DATABASE_URL": self.platform.admin_url,
            "PRINCIPAL_KEY": PUBLIC_KEY,
            "AMQP_URL": self.amqp_url,
            "FEEDBACK_TOKEN_SECRET": "token secret of the tests",
            "NOTIFY_SMTP_PORT": str(recorder.smtp_port),
            "NOTIFY_SMTP_SECONDS": "10",
            "NOTIFY_WEBHOOK_SECONDS": "15",
            "NOTIFY_ALLOWED_RECEIVERS": json.dumps([f"127.0.0.1:{recorder.http_port}"]),
        }
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
        return ours | {f"AFTERCARE_{name}": value for name, value in told.items()}

    async def count(self, question: str, *arguments: object) -> int:
        return int(await self.admin.fetchval(question, *arguments))

    async def becomes(self, question: str, wanted: int, *arguments: object) -> None:
        await eventually(lambda: self.count(question, *arguments), lambda count: count == wanted, PATIENCE)

    async def some(self, question: str, *arguments: object) -> None:
        await eventually(lambda: self.count(question, *arguments), bool, PATIENCE)

    async def closes_one(self) -> str:
        """The customer confirms; nobody hears of it before the workers tell."""
        incident = self.ready.pop()
        await post(self.world.operator, f"/v1/incidents/{incident['id']}/confirm")
        return str(incident["id"])

    async def has_gone_on(self) -> None:
        """What was said later has come through, so all that was said before it has come as far as it ever will."""
        await self.becomes(UNSENT, 0)
        await self.some(SURVEYS, await self.closes_one())

    async def broken(self, promise: str | None = None) -> list[str]:
        """The promises that do not hold; while it may still come right that is waited for, unless one is expected."""

        async def now() -> list[str]:
            return [finding.promise.en for finding in await findings(self.admin) if finding.rows]

        return await eventually(now, lambda broken: (promise in broken) if promise else not broken, PATIENCE)


@pytest.fixture
async def workshop(
    platform: Platform, broker: tuple[RabbitNode, str], request: pytest.FixtureRequest
) -> AsyncIterator[Workshop]:
    """Incidents that wait for nothing but their confirmation, two for each kill."""
    world = await a_world(platform)
    system = await a_client_system(world)
    connection = await asyncpg.connect(plain_url(platform.admin_url))
    shop = Workshop(world, *broker, request.param, connection)
    for _ in range(6 if shop.bug == NONE else 2):
        incident = await reported(world, system)
        await classified(world, incident)
        await post(world.engineer, f"/v1/incidents/{incident['id']}/resolve", {"solution": "New power module."})
        shop.ready.append(incident)
    await platform.settle()
    yield shop
    await connection.close()


async def ended(process: Process, by: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(by)
    await asyncio.wait_for(process.wait(), PATIENCE)


async def killed_before_its_commit(shop: Workshop) -> None:
    """While feedback's effect is under way, held up by a lock, and everything said is marked as sent."""
    await shop.closes_one()
    async with shop.workers() as workers, shop.admin.transaction():
        await shop.admin.execute(HOLD_SURVEYS)
        await shop.some(WAITING_FOR_A_LOCK)
        await shop.becomes(UNSENT, 0)
        await ended(workers, signal.SIGKILL)
    async with shop.workers():
        await shop.has_gone_on()


async def killed_before_its_mark(shop: Workshop) -> None:
    """When everything was confirmed and handled, and the relay cannot say so: its rows are held."""
    incident_id = await shop.closes_one()
    async with shop.workers() as workers, shop.admin.transaction():
        await shop.admin.execute(HOLD_OUTBOX)
        await shop.some(WAITING_FOR_A_LOCK)
        await shop.some(SURVEYS, incident_id)
        await ended(workers, signal.SIGKILL)
        await shop.admin.execute(END_WHAT_WAITS)
    async with shop.workers():
        await shop.has_gone_on()


async def broker_killed_before_its_confirmation(shop: Workshop) -> None:
    """When the relay has only tried: nobody confirmed."""
    async with shop.workers():
        await shop.becomes(ACTIVE, len(catalogue.NAMES))
        await asyncio.to_thread(shop.node.kill)
        await shop.closes_one()
        await shop.some(TRIED)
    await asyncio.to_thread(shop.node.restart)
    async with shop.workers():
        await shop.has_gone_on()


@pytest.mark.parametrize("workshop", [NONE], indirect=True)
async def test_a_kill_at_the_worst_moment_breaks_no_promise(workshop: Workshop) -> None:
    await killed_before_its_commit(workshop)
    await killed_before_its_mark(workshop)
    await broker_killed_before_its_confirmation(workshop)
    async with workshop.workers():
        assert await workshop.broken() == []


@pytest.mark.parametrize("workshop", ["acknowledges-first"], indirect=True)
async def test_an_acknowledgement_before_the_commit_is_seen_to_lose(workshop: Workshop) -> None:
    await killed_before_its_commit(workshop)
    assert LOST in await workshop.broken(LOST)


@pytest.mark.parametrize("workshop", ["no-memory"], indirect=True)
async def test_an_inbox_without_memory_is_seen_to_repeat(workshop: Workshop) -> None:
    await killed_before_its_mark(workshop)
    async with workshop.workers():
        assert REPEATED in await workshop.broken(REPEATED)


@pytest.mark.parametrize("workshop", ["no-confirms"], indirect=True)
async def test_a_relay_without_confirms_is_seen_to_lose(workshop: Workshop) -> None:
    await broker_killed_before_its_confirmation(workshop)
    assert LOST in await workshop.broken(LOST)
