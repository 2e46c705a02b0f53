"""One active worker per service: others stand by, take over when it is gone, and events leave within moments."""

from __future__ import annotations

import asyncio

import asyncpg

from services import catalogue
from shared.db import Caller
from shared.outbox import emit
from shared.permissions import Role
from tests.harness import OneService, principal
from tests.service.test_outbox import a_customer
from tests.toy import Toy

SYSTEM = Caller("system:contracts", "system")


async def another(first: OneService) -> OneService:
    """A second process of the same service on the same database."""
    return await OneService.opened(catalogue.service("contracts"), first.runtime.database.url)


async def until_active(service: OneService) -> None:
    worker = service.runtime.worker
    assert worker is not None
    async with asyncio.timeout(30):
        await worker.active.wait()


async def test_what_is_said_leaves_by_itself(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    await service.runtime.start("worker")
    await until_active(service)
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer())
    async with asyncio.timeout(30):
        await service.bus.has_published(1)


async def test_of_two_workers_one_is_active_and_the_other_takes_over_when_it_stops(
    one_service: OneService.Factory,
) -> None:
    first = await one_service("contracts")
    await first.runtime.start("worker")
    await until_active(first)
    second = await another(first)
    await second.runtime.start("worker")
    assert second.runtime.worker
    assert not second.runtime.worker.active.is_set()
    await first.runtime.stop()
    await until_active(second)
    async with second.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer())
    async with asyncio.timeout(30):
        await second.bus.has_published(1)
    await second.close()


async def test_a_worker_that_lost_its_connection_stops_and_comes_back(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    service = await one_service("contracts")
    await service.runtime.start("worker")
    await until_active(service)
    worker = service.runtime.worker
    assert worker
    killed = await admin.fetch(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objid = $1",
        worker.lock_key,
    )
    assert len(killed) == 1
    async with asyncio.timeout(30):
        await worker.standby.wait()
    await until_active(service)
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer())
    async with asyncio.timeout(30):
        await service.bus.has_published(1)


async def test_readiness_looks_at_database_bus_lag_and_worker(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    await service.runtime.start("worker")
    await until_active(service)
    ready, found = await service.runtime.readiness()
    assert ready
    assert (found["database"], found["bus"], found["worker"]) == ("up", "up", "active")
    service.bus.failing = True
    ready, found = await service.runtime.readiness()
    assert (ready, found["bus"]) == (False, "down")


async def test_a_database_that_is_away_is_told_as_such() -> None:
    gone = await OneService.opened(catalogue.service("contracts"), "postgresql://postgres@127.0.0.1:1/nowhere")
    ready, found = await gone.runtime.readiness()
    assert (ready, found["database"]) == (False, "down")
    async with gone.as_(principal(Role.DESK)) as client:
        answer = await client.get("/v1/customers")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    await gone.close()


async def test_a_bus_that_cannot_be_listened_to_at_first_holds_up_nothing_else(
    one_service: OneService.Factory,
) -> None:
    """Whatever the bus raises: the worker says what is due, and listens once it can."""
    toy = Toy()
    service = await one_service(toy.service())
    service.bus.deaf = 1
    await service.runtime.start("worker")
    await until_active(service)
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer())
    async with asyncio.timeout(30):
        await service.bus.has_published(1)
        await service.bus.listening.wait()
