"""The database is lost: a dump is restored into a new server as the runbook says, and the platform goes on."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from deploy.postgres_account import server_account, server_programs
from deploy.postgres_node import PostgresNode
from services import catalogue
from shared import migrate
from shared.audit import verify_chains
from shared.db import Caller, plain_url
from shared.service import Runtime
from tests.builders.organisation import PASSWORD, Json, Organisation, a_world, get, post
from tests.harness import Platform

REPORT = {"title": "No power", "description": "All dark.", "contact_name": "Operator", "contact_locale": "en"}
RIGHTS = """
SELECT 'table', relname, relrowsecurity::text || relforcerowsecurity::text, pg_get_userbyid(relowner), relacl::text
    FROM pg_class WHERE relnamespace = ANY ($1::text[]::regnamespace[]) AND relkind IN ('r', 'S')
UNION ALL SELECT 'policy', tablename, policyname, roles::text, concat(cmd, qual, with_check)
    FROM pg_policies WHERE schemaname = ANY ($1)
UNION ALL SELECT 'schema', nspname, '', pg_get_userbyid(nspowner), nspacl::text
    FROM pg_namespace WHERE nspname = ANY ($1)
UNION ALL SELECT 'to come', defaclnamespace::regnamespace::text, defaclobjtype::text,
    pg_get_userbyid(defaclrole), defaclacl::text FROM pg_default_acl
UNION ALL SELECT 'role', rolname, concat(rolsuper, rolbypassrls, rolcanlogin, rolcreatedb, rolcreaterole), '', ''
    FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%'
"""
"""Who owns what, who may do what, and which rows each may see."""


@pytest.fixture
def new_server() -> Iterator[str]:
    """The administrator's URL of a server that knows nothing of us."""
    with tempfile.TemporaryDirectory(prefix="aftercare-test-") as folder:
        Path(folder).chmod(0o711)
        node = PostgresNode()
        try:
            yield node.start(Path(folder) / "postgres", durable=False)
        finally:
            node.stop()


def ran(program: str, *arguments: str) -> None:
    done = subprocess.run([server_programs(server_account()) / program, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), program


def migrated(url: str) -> None:
    """As `python -m services migrate all`."""
    asyncio.run(migrate.prepare_roles(url, list(catalogue.NAMES), ""))
    for name in catalogue.NAMES:
        migrate.upgrade(name, migrate.owner_url(url, name, ""))


def restored(dump: Path, server: str) -> str:
    """The steps of the runbook: roles, an empty database, the dump, what is newer than the dump."""
    migrated(server)
    ran("createdb", f"--maintenance-db={server}", "--template=template0", "aftercare")
    url = make_url(server).set(database="aftercare").render_as_string(hide_password=False)
    ran("pg_restore", f"--dbname={url}", "--exit-on-error", str(dump))
    migrated(url)
    return url


async def rows(url: str, statement: str, *arguments: Any) -> set[tuple[Any, ...]]:
    connection = await asyncpg.connect(plain_url(url))
    try:
        return {tuple(row) for row in await connection.fetch(statement, *arguments)}
    finally:
        await connection.close()


async def broken_chains(runtime: Runtime) -> list[tuple[str, int]]:
    caller = Caller(f"system:{runtime.service.name}", "system")
    async with runtime.database.transaction(caller, read_only=True) as session:
        return await verify_chains(session)


async def an_incident(world: Organisation) -> Json:
    """Reported and answered; what it says has not left yet."""
    body = REPORT | {"customer_id": world.ids["hospital"], "contact_email": "operator@demo.example"}
    incident: Json = await post(world.desk, "/v1/incidents", body)
    return incident


async def test_a_restored_dump_has_all_rows_and_rights_and_the_platform_goes_on(
    platform: Platform, new_server: str, tmp_path: Path
) -> None:
    world = await a_world(platform)
    incident = await an_incident(world)
    before = await platform.row_counts()
    dump = tmp_path / "aftercare.dump"
    await asyncio.to_thread(
        ran, "pg_dump", f"--dbname={plain_url(platform.admin_url)}", "--format=custom", f"--file={dump}"
    )
    url = await asyncio.to_thread(restored, dump, new_server)
    services = list(catalogue.NAMES)
    rights = await rows(platform.admin_url, RIGHTS, services)
    assert await rows(url, RIGHTS, services) == rights

    second = await Platform.opened(url)
    try:
        assert await second.row_counts() == before
        await _goes_on(second, incident)
        assert [await broken_chains(runtime) for runtime in second.runtimes.values()] == [[]] * len(services)
    finally:
        await second.close()
    await rows(url, "ALTER TABLE incidents.visits NO FORCE ROW LEVEL SECURITY")
    assert await rows(url, RIGHTS, services) != rights, "else a lost right would not be seen"


async def _goes_on(platform: Platform, incident: Json) -> None:
    """What was said before the dump and had not left takes effect once; people sign in with their old passwords."""
    await platform.settle()
    desk = await platform.signed_in("desk@demo.example", PASSWORD)
    path = f"/v1/incidents/{incident['id']}"
    assert (await get(desk, path))["state"] == incident["state"]
    await post(desk, f"{path}/acknowledge")
    await platform.settle()
    told = [entry["type"] for entry in await get(desk, f"{path}/timeline?limit=200")]
    assert [told.count(f"incidents.incident_{what}.v1") for what in ("reported", "acknowledged")] == [1, 1]
    stranger = await platform.signed_in("reader@demo.example", PASSWORD)
    assert (await stranger.get(path)).status_code == 404
    assert (await get(stranger, "/v1/incidents")) == []
