"""Databases of tests: migrated once per name, emptied for each test."""

from __future__ import annotations

import asyncio

import asyncpg

from services import catalogue
from shared import migrate
from shared.db import plain_url

SEEDED = ("contracts.catalogue_items",)
"""Tables whose first rows a migration enters."""


class Databases:
    """Migrated databases on one server, made once per name and emptied for each test.

    A database is emptied over one connection that stays: a new one would first read about a hundred tables.
    """

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._made: dict[str, str] = {}
        self._administrators: dict[str, asyncpg.Connection[asyncpg.Record]] = {}
        self._runner = asyncio.Runner()

    def clean(self, name: str) -> str:
        """The administrator's URL of an empty, migrated database. Call from a thread: it runs a loop of its own."""
        if name not in self._made:
            self._made[name] = asyncio.run(self._create(f"test_{name}"))
            for service in catalogue.NAMES:
                migrate.upgrade(service, migrate.owner_url(self._made[name], service, ""))
            self._administrators[name] = self._runner.run(asyncpg.connect(plain_url(self._made[name])))
            self._runner.run(keep_seeds(self._administrators[name]))
        self._runner.run(empty(self._administrators[name]))
        return self._made[name]

    def close(self) -> None:
        for administrator in self._administrators.values():
            self._runner.run(administrator.close())
        self._runner.close()

    async def _create(self, database: str) -> str:
        connection = await asyncpg.connect(plain_url(self.admin_url))
        await connection.execute(f'CREATE DATABASE "{database}"')
        await connection.close()
        url = self.admin_url.replace("/postgres?", f"/{database}?", 1)
        await migrate.prepare_roles(url, list(catalogue.NAMES), "")
        return url


async def keep_seeds(administrator: asyncpg.Connection[asyncpg.Record]) -> None:
    """Remember the rows that migrations entered."""
    await administrator.execute("CREATE SCHEMA seeds")
    for table in SEEDED:
        await administrator.execute(f"CREATE TABLE {table.replace('contracts.', 'seeds.')} AS TABLE {table}")


async def empty(administrator: asyncpg.Connection[asyncpg.Record]) -> None:
    """Delete all rows of all services but those of migrations; the administrator is not bound by row-level security.

    The few rows of a test are deleted a hundred times sooner than their tables are truncated.
    """
    await administrator.execute(EMPTY, timeout=60)
    for table in SEEDED:
        await administrator.execute(f"INSERT INTO {table} TABLE {table.replace('contracts.', 'seeds.')}")


EMPTY = f"""
DO $$
DECLARE
    candidate text;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR candidate IN
        SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname IN ({", ".join(f"'{name}'" for name in catalogue.NAMES)}) AND tablename <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || candidate || ')' INTO filled;
        IF filled THEN
            EXECUTE 'DELETE FROM ' || candidate;
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
        WHERE schemaname IN ({", ".join(f"'{name}'" for name in catalogue.NAMES)}) AND last_value IS NOT NULL;
END $$
"""
"""As a replica's, a deletion asks no trigger and no reference: all of them go."""
