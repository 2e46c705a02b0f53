"""Alembic's environment for every service: called by shared.migrate with the service, its owner's URL and metadata."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.db import async_url
from shared.mechanisms import MECHANISMS


def _is_own(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The mechanism tables have a migration function of their own."""
    return kind != "table" or name not in (*MECHANISMS, "alembic_version")


def _migrate(connection: Connection) -> None:
    attributes: dict[str, Any] = context.config.attributes
    service = attributes["service"]
    context.configure(
        connection=connection,
        target_metadata=attributes["metadata"],
        version_table="alembic_version",
        version_table_schema=service,
        include_schemas=True,
        include_name=lambda name, kind, parents: name == service if kind == "schema" else True,
        include_object=_is_own,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        context.run_migrations()


async def _run() -> None:
    engine = create_async_engine(async_url(context.config.attributes["url"]), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
