"""The migrations of every service: up, down to nothing, up again, and then no difference to the models."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from services import catalogue
from shared import migrate
from shared.db import async_url, plain_url
from shared.mechanisms import MECHANISMS
from tests.databases import Databases
from tests.repo.sources import ROOT, text_of

SERVICES = pytest.mark.parametrize("name", catalogue.NAMES)


async def left_in(url: str, schema: str) -> set[str]:
    """What a schema holds: tables, views, sequences, types and functions."""
    connection = await asyncpg.connect(plain_url(url))
    try:
        rows = await connection.fetch(
            """
            SELECT relname AS name FROM pg_class
                WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'v', 'm', 'S')
            UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = $1::regnamespace
            UNION ALL SELECT typname FROM pg_type WHERE typnamespace = $1::regnamespace AND typtype IN ('e', 'd')
            """,
            schema,
        )
        return {row["name"] for row in rows}
    finally:
        await connection.close()


@SERVICES
async def test_a_schema_goes_up_down_to_nothing_and_up_again_to_what_the_models_say(fresh: str, name: str) -> None:
    await migrate.prepare_roles(fresh, [name], "")
    owner = migrate.owner_url(fresh, name, "")
    await asyncio.to_thread(migrate.upgrade, name, owner)
    first = await left_in(fresh, name)
    assert set(MECHANISMS) <= first
    await asyncio.to_thread(migrate.downgrade, name, owner, "base")
    assert await left_in(fresh, name) == {"alembic_version"}
    await asyncio.to_thread(migrate.upgrade, name, owner)
    assert await left_in(fresh, name) == first
    await asyncio.to_thread(migrate.differences, name, owner, catalogue.service(name).metadata)


@SERVICES
async def test_constraints_and_indexes_are_those_of_the_models(fresh: str, databases: Databases, name: str) -> None:
    """Alembic does not compare CHECK constraints, so both are asked of PostgreSQL itself."""
    await migrate.prepare_roles(fresh, [name], "")
    owner = migrate.owner_url(fresh, name, "")
    engine = create_async_engine(async_url(owner))
    async with engine.begin() as connection:
        await connection.run_sync(catalogue.service(name).metadata.create_all)
    await engine.dispose()
    migrated = await asyncio.to_thread(databases.clean, "all")
    assert await promises_of(migrated, name) == await promises_of(fresh, name)


async def promises_of(url: str, schema: str) -> set[str]:
    """What a schema's tables promise: constraints and indexes, as PostgreSQL writes them down."""
    connection = await asyncpg.connect(plain_url(url))
    try:
        rows = await connection.fetch(
            """
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS promise
                FROM pg_constraint
                WHERE connamespace = $1::regnamespace AND conrelid <> 0 AND conname NOT LIKE 'alembic_version%'
            UNION SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE relnamespace = $1::regnamespace AND relname NOT LIKE 'alembic_version%'
            """,
            schema,
        )
        return {row["promise"] for row in rows}
    finally:
        await connection.close()


AGREED_BEFORE = """
SELECT set_config('aftercare.scope', 'system', false);
INSERT INTO contracts.customers (customer_id, name_zh, name_en, active, version)
VALUES ('019a0000-0000-7000-8000-000000000001', '示例医院', 'Example Hospital', true, 1);
INSERT INTO contracts.contracts (id, customer_id, number, starts_on, ends_on, site_ids, asset_ids, version)
VALUES ('019a0000-0000-7000-8000-000000000002', '019a0000-0000-7000-8000-000000000001', 'C-1', '2026-01-01',
    '2029-01-01', '{}', '{}', 1);
INSERT INTO contracts.agreements (id, customer_id, contract_id, revision, state, calendar, targets,
    provider_signed_at, customer_signed_at, version)
SELECT gen_random_uuid(), '019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-000000000002', revision,
    state, '{"zone": "UTC"}', '[]', '2026-01-01T08:00:00Z', '2026-01-02T08:00:00Z', 3
FROM (VALUES (1, 'superseded'), (2, 'in_force'), (3, 'draft')) AS drawn (revision, state);
"""


async def test_agreements_of_before_promise_what_they_did(fresh: str) -> None:
    """Up from the version before their terms, and down again with one that was withdrawn meanwhile."""
    await migrate.prepare_roles(fresh, ["contracts"], "")
    owner = migrate.owner_url(fresh, "contracts", "")
    await asyncio.to_thread(migrate.upgrade, "contracts", owner, "contracts_0002")
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute(AGREED_BEFORE)
        await asyncio.to_thread(migrate.upgrade, "contracts", owner, "contracts_0003")
        kept = await connection.fetch("SELECT * FROM contracts.agreements ORDER BY revision")
        withdraw = "UPDATE contracts.agreements SET state = 'withdrawn', withdrawn_at = now() WHERE revision = 2"
        await connection.execute(withdraw)
        await asyncio.to_thread(migrate.downgrade, "contracts", owner, "contracts_0002")
        left = await connection.fetch("SELECT state, calendar FROM contracts.agreements ORDER BY revision")
    finally:
        await connection.close()
    assert [row["in_force_at"] and row["in_force_at"].day for row in kept] == [2, 2, None]
    assert {(row["close_after_days"], row["priorities"], row["applies_to_open"]) for row in kept} == {
        (None, "{}", False)
    }
    assert {tuple(row["pause_reasons"]) for row in kept} == {("waiting_for_customer",)}
    assert [(row["state"], row["calendar"]) for row in left] == [
        (state, '{"zone": "UTC"}') for state in ("superseded", "superseded", "draft")
    ]


@SERVICES
def test_migrations_are_one_line_without_gaps(name: str) -> None:
    files = _migrations(name)
    expected = [f"{name}_{number:04}" for number in range(1, len(files) + 1)]
    assert files
    assert [path.name.removesuffix(".py")[: len(name) + 5] for path in files] == expected
    told = [re.findall(r'^(?:down_)?revision = (?:"(\w+)"|None)', text_of(path), re.MULTILINE) for path in files]
    assert told == [[own, former] for own, former in zip(expected, ["", *expected[:-1]], strict=True)]


@SERVICES
def test_the_first_migration_makes_the_mechanisms_and_the_way_down_drops_them(name: str) -> None:
    first = text_of(_migrations(name)[0])
    assert f'create_mechanisms("{name}")' in first
    assert f'drop_mechanisms("{name}")' in first


@SERVICES
async def test_the_running_role_cannot_change_the_schema_or_the_past(databases: Databases, name: str) -> None:
    url = await asyncio.to_thread(databases.clean, "all")
    connection = await asyncpg.connect(plain_url(migrate.running_url(url, name, "")))
    try:
        for forbidden in (
            f'CREATE TABLE "{name}".extra (id int)',
            f'DROP TABLE "{name}".outbox',
            f'UPDATE "{name}".audit SET actor = $$nobody$$',
            f'DELETE FROM "{name}".audit',
            f'ALTER TABLE "{name}".audit DISABLE ROW LEVEL SECURITY',
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)
    finally:
        await connection.close()


def _migrations(name: str) -> list[Path]:
    return sorted((ROOT / "services" / name / "migrations").glob("*.py"))
