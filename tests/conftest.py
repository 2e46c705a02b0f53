"""A PostgreSQL server per test session, a migrated database per worker, and a clean one for each test that asks."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.postgres_node import PostgresNode
from services import catalogue
from shared.db import plain_url
from shared.service import Service
from shared.telemetry import configure_logs
from tests.databases import Databases
from tests.harness import OneService, Platform

pytest_plugins = ["tests.no_skips"]
configure_logs("WARNING", "json")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The administrator's URL of a server of this session's own, on a Unix socket in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="aftercare-test-") as folder:
        node = PostgresNode()
        try:
            Path(folder).chmod(0o711)  # as root the server runs under an account of its own
            yield node.start(Path(folder) / "postgres", durable=False)
        finally:
            node.stop()


@pytest.fixture(scope="session")
def databases(postgres: str) -> Iterator[Databases]:
    databases = Databases(postgres)
    yield databases
    databases.close()


@pytest.fixture
async def admin(databases: Databases) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """The administrator in the tests' database: row-level security and grants do not bind it."""
    connection = await asyncpg.connect(plain_url(await asyncio.to_thread(databases.clean, "all")))
    yield connection
    await connection.close()


@pytest.fixture
async def platform(databases: Databases) -> AsyncIterator[Platform]:
    """The whole platform in this process, with nobody in it but the administrator."""
    url = await asyncio.to_thread(databases.clean, "all")
    platform = await Platform.opened(url)
    yield platform
    await platform.close()


@pytest.fixture
async def one_service(databases: Databases) -> AsyncIterator[OneService.Factory]:
    """Opens one service on its own: `contracts = await one_service("contracts", some_setting=1)`."""
    opened: list[OneService] = []

    async def open_service(service: str | Service, **settings: Any) -> OneService:
        url = await asyncio.to_thread(databases.clean, "all")
        described = catalogue.service(service) if isinstance(service, str) else service
        opened.append(await OneService.opened(described, url, **settings))
        return opened[-1]

    yield open_service
    for service in opened:
        await service.close()
