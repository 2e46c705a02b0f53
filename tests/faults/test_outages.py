"""The broker or the database goes away and comes back: writes go on or are refused in words, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from deploy.postgres_node import PostgresNode
from deploy.rabbit_node import RabbitNode
from services import catalogue
from shared import migrate
from shared.bus.rabbit import RabbitBus
from shared.errors import is_database_down
from shared.events.contracts import CustomerChanged
from shared.now import ShiftedTime
from shared.permissions import Role
from tests.builders.eventually import eventually
from tests.bus.conftest import Ear
from tests.harness import OneService, principal, runtime_of

ADMIN = principal(Role.ADMINISTRATOR)
HOSPITAL = {"name_zh": "示例医院", "name_en": "Example Hospital"}
LISTENER = "outage_listener"


@pytest.fixture
def own_postgres() -> Iterator[tuple[PostgresNode, Path, str]]:
    """A server that a test may kill, with the schema of contracts."""
    with tempfile.TemporaryDirectory(prefix="aftercare-test-") as folder:
        Path(folder).chmod(0o711)
        node, data = PostgresNode(), Path(folder) / "postgres"
        try:
            url = node.start(data)
            asyncio.run(migrate.prepare_roles(url, ["contracts"], ""))
            migrate.upgrade("contracts", migrate.owner_url(url, "contracts", ""))
            yield node, data, url
        finally:
            node.stop()


async def added(service: OneService) -> int:
    async with service.as_(ADMIN) as admin:
        return (await admin.post("/v1/customers", json=HOSPITAL)).status_code


async def test_a_killed_database_is_told_as_away_and_all_goes_on_when_it_is_back(
    own_postgres: tuple[PostgresNode, Path, str],
) -> None:
    node, data, url = own_postgres
    service = await OneService.opened(catalogue.service("contracts"), url)
    await service.runtime.start("worker")
    assert await added(service) == 201
    async with asyncio.timeout(60):
        await service.bus.has_published(1)
    await asyncio.to_thread(node.kill)
    async with service.as_(ADMIN) as admin:
        refused = await admin.post("/v1/customers", json=HOSPITAL)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    await asyncio.to_thread(node.stop)
    await asyncio.to_thread(node.start, data)
    await eventually(lambda: added(service), lambda status: status == 201)
    async with asyncio.timeout(60):
        await service.bus.has_published(2)
    assert len({envelope.id for envelope in service.bus.published}) == 2
    await service.close()


async def test_a_killed_backend_is_told_as_away_while_the_server_recovers(
    own_postgres: tuple[PostgresNode, Path, str],
) -> None:
    """The postmaster then ends all backends and refuses new ones for a moment: no client's fault, and no bug's."""
    _, _, url = own_postgres
    service = await OneService.opened(catalogue.service("contracts"), url)
    [(pid,)] = await service.rows(text("SELECT pg_backend_pid()"))
    os.kill(pid, signal.SIGKILL)
    answers: list[int] = []

    async def ask() -> int:
        answers.append(await added(service))
        return answers[-1]

    await eventually(ask, lambda status: status == 201)
    assert set(answers) <= {201, 503}
    await service.close()


@pytest.mark.parametrize("refusal", [asyncpg.CannotConnectNowError, asyncpg.CrashShutdownError])
def test_a_server_that_recovers_is_a_database_that_is_down(refusal: type[asyncpg.PostgresError]) -> None:
    assert is_database_down(refusal("the database system is in recovery mode"))
    assert not is_database_down(asyncpg.UniqueViolationError("the statement's own fault"))


@pytest.mark.rabbit
async def test_while_the_broker_is_down_writes_go_on_and_what_they_say_leaves_later(
    one_service: OneService.Factory,
) -> None:
    node = RabbitNode()
    bus = RabbitBus(await asyncio.to_thread(node.start), {LISTENER: frozenset({CustomerChanged.type})})
    service, ear = await one_service("contracts"), Ear()
    runtime = runtime_of(catalogue.service("contracts"), service.runtime.database.url, bus, ShiftedTime())
    try:
        await bus.open()
        await bus.listen(LISTENER, ear.receive)
        await runtime.start("worker")
        assert await added(service) == 201
        async with asyncio.timeout(60), ear.arrived:
            await ear.arrived.wait_for(lambda: len(ear.taken) == 1)
        restarting = asyncio.create_task(asyncio.to_thread(node.restart))
        await eventually(bus.healthy, lambda healthy: not healthy)
        assert [await added(service), await added(service)] == [201, 201]
        assert len(ear.taken) == 1
        await restarting
        async with asyncio.timeout(60), ear.arrived:
            await ear.arrived.wait_for(lambda: len({envelope.id for envelope in ear.taken}) == 3)
    finally:
        await runtime.stop()
        await bus.close()
        await asyncio.to_thread(node.stop)


@pytest.mark.rabbit
async def test_to_stop_listening_waits_for_no_broker_that_is_away() -> None:
    node = RabbitNode()
    bus = RabbitBus(await asyncio.to_thread(node.start), {LISTENER: frozenset({CustomerChanged.type})})
    try:
        await bus.open()
        await bus.listen(LISTENER, Ear().receive)
        await asyncio.to_thread(node.kill)
        await eventually(bus.healthy, lambda healthy: not healthy)
        async with asyncio.timeout(60):
            await bus.stop_listening(LISTENER)
            await bus.close()
    finally:
        await asyncio.to_thread(node.stop)
