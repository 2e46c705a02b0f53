"""How late timers fire with a million armed, at 100 a second, and how fast 100,000 overdue ones are caught up with.

Lateness is from the due time to the moment the worker was told that the firing transaction is committed.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import uvloop
from uuid_utils.compat import uuid7

from bench.report import Goal, Measured
from deploy.postgres_node import PostgresNode
from services import catalogue
from shared import migrate
from shared.auth import new_key_pair
from shared.bus.local import LocalBus
from shared.consumers import Consumers
from shared.db import AsyncSession, Caller, context, plain_url
from shared.events.contracts import SiteChanged
from shared.now import system_seconds
from shared.outbox import emit
from shared.service import Runtime, Service
from shared.timers import Jobs, Timer, Wanted, arm_each
from shared.worker import Loop

ARMED = 1_000_000
FIRED_BEFORE = 1_000_000
SECONDS = 20
PER_SECOND = 100
OVERDUE = 100_000
CUSTOMERS = [uuid7() for _ in range(100)]
PATIENCE_SECONDS = 300
FILL = """
INSERT INTO contracts.timers (id, kind, subject, customer_id, correlation_id, due_at, state, fired_at)
SELECT gen_random_uuid(), 'ring', gen_random_uuid(), ($1::uuid[])[1 + n % 100], gen_random_uuid(),
    clock_timestamp() + $2 + random() * interval '30 days', $3, CASE WHEN $3 = 'fired' THEN clock_timestamp() END
FROM generate_series(1, $4::int) AS n
"""
SAID_IN_ORDER = """
SELECT count(DISTINCT timer) AS timers, count(*) AS events, count(*) FILTER (WHERE due_at < before) AS inversions
FROM (
    SELECT timers.id AS timer, due_at, lag(due_at) OVER (ORDER BY outbox.id) AS before
    FROM contracts.outbox JOIN contracts.timers ON timers.id = (envelope ->> 'causationid')::uuid
    WHERE timers.state = 'fired' AND timers.late
) AS said
"""


class NotOnceInOrder(Exception):
    """A timer did not fire, fired twice, or before one that was due earlier."""


@dataclass
class WatchedLoop:
    """The worker's own timer loop, and when it was told of each commit. The effect says one event, and no more."""

    expected: int
    loop: Loop | None = None
    lateness: list[float] = field(default_factory=list)
    all_fired: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "timers"
    _due: list[datetime] = field(default_factory=list)

    async def step(self) -> int:
        assert self.loop
        self._due.clear()
        moved = await self.loop.step()
        committed = system_seconds()
        self.lateness += [1000 * (committed - due.timestamp()) for due in self._due]
        if len(self.lateness) >= self.expected:
            self.all_fired.set()
        return moved

    async def idle_seconds(self) -> float:
        assert self.loop
        return await self.loop.idle_seconds()

    def service(self) -> Service:
        jobs = Jobs()

        @jobs.due("ring")
        async def ring(session: AsyncSession, timer: Timer) -> None:
            self._due.append(timer.due_at)
            customer_id = context(session).customer_id
            assert customer_id
            emit(
                session,
                SiteChanged(
                    site_id=timer.subject_id, customer_id=customer_id, name_zh="", name_en="", address="", region=""
                ),
            )

        return replace(catalogue.service("contracts"), consumers=Consumers(), jobs=jobs)


@asynccontextmanager
async def working(url: str, watched: WatchedLoop) -> AsyncIterator[Runtime]:
    """contracts with its worker and all its loops at work, on a bus where nobody listens."""
    _, public = new_key_pair()
    service = watched.service()
    runtime = Runtime(
        service,
        settings=service.settings(),
        database_url=migrate.running_url(url, "contracts", ""),
        bus=LocalBus({}),
        principal_key=public,
    )
    watched.loop = next(loop for loop in runtime.loops if loop.name == "timers")
    runtime.loops = [watched if loop.name == "timers" else loop for loop in runtime.loops]
    await runtime.start("worker")
    try:
        yield runtime
    finally:
        await runtime.stop()


async def lateness(url: str) -> Measured:
    """100 timers a second for 20 s, each second's armed one second before the first of them is due."""
    watched = WatchedLoop(SECONDS * PER_SECOND)
    async with asyncio.timeout(PATIENCE_SECONDS), working(url, watched) as runtime:
        for _ in range(SECONDS):
            await _arm_next_second(runtime)
            await asyncio.sleep(1)
        await watched.all_fired.wait()
    return Measured.of(watched.lateness)


async def _arm_next_second(runtime: Runtime) -> None:
    async with runtime.database.transaction(Caller("system:contracts", "system")) as session:
        first = context(session).now + timedelta(seconds=1)
        each = timedelta(seconds=1 / PER_SECOND)
        correlation = uuid7()
        due = (first + number * each for number in range(PER_SECOND))
        await arm_each(session, [Wanted("ring", uuid7(), "", at, {}, CUSTOMERS[0], correlation) for at in due])


async def catching_up(url: str, admin: asyncpg.Connection[asyncpg.Record]) -> float:
    """Seconds from the worker's start until all that was overdue has fired."""
    await admin.execute(FILL, CUSTOMERS, -timedelta(days=31), "armed", OVERDUE)
    watched = WatchedLoop(OVERDUE)
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS), working(url, watched):
        await watched.all_fired.wait()
        took = time.perf_counter() - began
    said = await admin.fetchrow(SAID_IN_ORDER)
    assert said
    if (said["timers"], said["events"], said["inversions"]) != (OVERDUE, OVERDUE, 0):
        raise NotOnceInOrder(dict(said))
    return took


async def _measure(url: str) -> list[Goal]:
    await migrate.prepare_roles(url, ["contracts"], "")
    await asyncio.to_thread(migrate.upgrade, "contracts", migrate.owner_url(url, "contracts", ""))
    admin = await asyncpg.connect(plain_url(url))
    await admin.execute(FILL, CUSTOMERS, -timedelta(days=60), "fired", FIRED_BEFORE)
    await admin.execute(FILL, CUSTOMERS, timedelta(days=1), "armed", ARMED)
    await admin.execute("ANALYZE contracts.timers")
    steady = await lateness(url)
    overdue = await catching_up(url, admin)
    await admin.close()
    return [
        Goal("timers, 1,000,000 armed, 100 due a second: lateness p50", steady.p50, 20, "ms"),
        Goal("timers, 1,000,000 armed, 100 due a second: lateness p99", steady.p99, 250, "ms"),
        Goal("timers, 100,000 overdue at start: all fired, once, in due order", overdue, 30, "s"),
    ]


def run() -> list[Goal]:
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        Path(folder).chmod(0o711)
        node = PostgresNode()
        try:
            url = node.start(Path(folder) / "postgres")
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(_measure(url))
        finally:
            node.stop()
