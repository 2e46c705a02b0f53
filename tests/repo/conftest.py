"""What the repository's tests of itself share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.db import plain_url


@pytest.fixture
async def fresh(postgres: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The administrator's URL of an empty database, one for each module that asks."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    connection = await asyncpg.connect(plain_url(postgres))
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("/postgres?", f"/{name}?", 1)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()
