"""How long from the commit that says an event to the commit of the consumer that heard it, at 100 events a second."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from uuid_utils.compat import uuid7

from bench.report import Goal, Measured
from deploy.postgres_node import PostgresNode
from deploy.rabbit_node import RabbitNode
from services import catalogue
from services.contracts.customers import actions
from shared import migrate
from shared.auth import new_key_pair
from shared.bus import Bus
from shared.bus.local import LocalBus
from shared.bus.rabbit import RabbitBus
from shared.consumers import Consumers
from shared.db import AsyncSession, Caller, plain_url
from shared.events.contracts import CustomerChanged
from shared.service import Runtime, Service

EVENTS = 1500
PER_SECOND = 100
HEARD = """
CREATE TABLE IF NOT EXISTS inventory.heard (event_id uuid PRIMARY KEY, said_at timestamptz, heard_at timestamptz);
"""


def services() -> tuple[Service, Service]:
    """contracts as it is, and a listener that writes one row per event."""
    consumers = Consumers()

    @consumers.on(CustomerChanged)
    async def write_row(session: AsyncSession, event: CustomerChanged) -> None:
        said_at = float(event.name_en)
        row = {"id": event.customer_id, "at": said_at}
        insert = "INSERT INTO inventory.heard VALUES (:id, to_timestamp(:at), clock_timestamp())"
        await session.execute(text(insert), row)

    listener = replace(catalogue.service("inventory"), consumers=consumers)
    return replace(catalogue.service("contracts"), consumers=Consumers()), listener


async def measure(admin_url: str, bus: Bus) -> Measured:
    """Say events at a steady rate and read from the listener's rows how late each was heard, in ms."""
    admin = await asyncpg.connect(plain_url(admin_url))
    await admin.execute(HEARD)
    await admin.execute("TRUNCATE inventory.heard; GRANT INSERT ON inventory.heard TO inventory")
    _, public = new_key_pair()
    runtimes = [
        Runtime(
            service,
            settings=service.settings(),
            database_url=migrate.running_url(admin_url, service.name, ""),
            bus=bus,
            principal_key=public,
        )
        for service in services()
    ]
    await bus.open()
    for runtime in runtimes:
        await runtime.start("worker")
        assert runtime.worker
        await runtime.worker.active.wait()
    await _say(runtimes[0])
    await _until_heard(admin)
    lags = await admin.fetch("SELECT extract(epoch FROM heard_at - said_at) * 1000 AS ms FROM inventory.heard")
    for runtime in runtimes:
        await runtime.stop()
    await bus.close()
    await admin.close()
    return Measured.of([float(row["ms"]) for row in lags])


async def _until_heard(admin: asyncpg.Connection[asyncpg.Record]) -> None:
    for _ in range(300):
        if await admin.fetchval("SELECT count(*) FROM inventory.heard") == EVENTS:
            return
        await asyncio.sleep(0.2)
    raise TimeoutError("events were lost, or the listener is far behind")


async def _say(runtime: Runtime) -> None:
    """Each event carries the database's time just before its commit."""
    tasks: set[asyncio.Task[Any]] = set()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(EVENTS):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - loop.time()))
        tasks.add(asyncio.create_task(_say_one(runtime)))
    await asyncio.gather(*tasks)


async def _say_one(runtime: Runtime) -> None:
    async with runtime.database.transaction(Caller("system:contracts", "system")) as session:
        at = await session.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
        await actions.add_customer(session, name_zh=str(uuid7()), name_en=str(at))


def run() -> list[Goal]:
    """Both carriers, on a PostgreSQL and a RabbitMQ of this run's own."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        Path(folder).chmod(0o711)
        postgres, rabbit = PostgresNode(), RabbitNode()
        try:
            url = postgres.start(Path(folder) / "postgres")
            asyncio.run(migrate.prepare_roles(url, ["contracts", "inventory"], ""))
            for name in ("contracts", "inventory"):
                migrate.upgrade(name, migrate.owner_url(url, name, ""))
            topology = {"inventory": services()[1].consumers.routing_keys()}
            local = asyncio.run(measure(url, LocalBus(topology)))
            remote = asyncio.run(measure(url, RabbitBus(rabbit.start(), topology)))
        finally:
            rabbit.stop()
            postgres.stop()
    return [
        Goal("event to consumer, local bus, p50", local.p50, 10, "ms"),
        Goal("event to consumer, local bus, p99", local.p99, 100, "ms"),
        Goal("event to consumer, RabbitMQ, p50", remote.p50, 10, "ms"),
        Goal("event to consumer, RabbitMQ, p99", remote.p99, 250, "ms"),
    ]
