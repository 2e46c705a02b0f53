"""`python -m services`: run services, migrate, say snapshots again, check audit chains, write the reference pages."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import asyncpg
import typer
import uvicorn

from services import catalogue, reference
from services.process import NotConfigured, app_of, build, read_settings
from shared import migrate as migrations
from shared.audit import verify_chains
from shared.db import Caller, Database
from shared.settings import PlatformSettings, UnknownSetting
from shared.telemetry import configure_logs

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Names = Annotated[list[str], typer.Argument(help=f"all, or some of: {', '.join(catalogue.NAMES)}")]
RoleOption = Annotated[Literal["api", "worker", "all"], typer.Option(help="answer requests, do the work, or both")]
DRAIN_SECONDS = 10


@cli.command()
def run(names: Names, role: RoleOption = "all") -> None:
    """Run services until SIGTERM or Ctrl-C; the schemas must be migrated."""
    chosen = _chosen(names)
    platform = PlatformSettings()
    configure_logs(platform.log_level, platform.log_format)
    settings = read_settings()
    process = build(chosen, role, platform, settings)
    listening = settings["gateway" if "gateway" in chosen else chosen[0]]

    async def serve() -> None:
        await process.start()
        try:
            config = uvicorn.Config(
                app_of(process, settings),
                host=listening.host,
                port=listening.port,
                log_config=None,
                timeout_graceful_shutdown=DRAIN_SECONDS,
                lifespan="on",
                server_header=False,
            )
            await uvicorn.Server(config).serve()
        finally:
            await process.stop()

    asyncio.run(serve())


@cli.command()
def migrate(names: Names) -> None:
    """Create roles and schemas that are missing and bring the schemas up to date; needs the administrator's URL."""
    platform = PlatformSettings()
    url = _admin_url(platform)
    asyncio.run(migrations.prepare_roles(url, list(catalogue.NAMES), platform.database_secret))
    for name in _chosen(names):
        migrations.upgrade(name, migrations.owner_url(url, name, platform.database_secret))


@cli.command()
def revision(name: str, slug: str, number: int) -> None:
    """Write migration NUMBER of a service with what its models have and the migrated schema has not."""
    platform = PlatformSettings()
    url = migrations.owner_url(_admin_url(platform), name, platform.database_secret)
    migrations.revise(name, url, catalogue.service(name).metadata, slug, number)


@cli.command()
def republish(name: str) -> None:
    """Say all snapshots of a service again, for services whose copies are empty or lost."""
    say = catalogue.service(name).republish
    if say is None:
        raise NotConfigured(f"{name} says no snapshots")

    async def work() -> None:
        database = _database(name)
        async with database.transaction(Caller(f"system:{name}", "system")) as session:
            await say(session)
        await database.close()

    asyncio.run(work())


@cli.command()
def audit(names: Names) -> None:
    """Check every audit chain of the services; exit code 1 names the first broken entry of each broken chain."""

    async def work() -> list[str]:
        broken = []
        for name in _chosen(names):
            database = _database(name)
            async with database.transaction(Caller(f"system:{name}", "system"), read_only=True) as session:
                broken += [f"{name} {subject} entry {entry}" for subject, entry in await verify_chains(session)]
            await database.close()
        return broken

    broken = asyncio.run(work())
    for line in broken:
        typer.echo(line)
    raise typer.Exit(1 if broken else 0)


@cli.command()
def docs(folder: Path = Path("docs"), check: bool = False) -> None:
    """Write the reference pages from the code; with --check, only tell which are stale (exit code 1)."""
    stale = reference.write(folder, check=check)
    for name in stale:
        typer.echo(f"{'stale' if check else 'written'}: {folder / name}")
    raise typer.Exit(1 if check and stale else 0)


def _chosen(names: list[str]) -> list[str]:
    if names == ["all"]:
        return list(catalogue.NAMES)
    unknown = [name for name in names if name not in catalogue.NAMES]
    if unknown:
        raise NotConfigured(f"no such service: {', '.join(unknown)}")
    return names


def _admin_url(platform: PlatformSettings) -> str:
    if not platform.database_url:
        raise NotConfigured("AFTERCARE_DATABASE_URL is not set: this needs the administrator's URL")
    return platform.database_url


def _database(name: str) -> Database:
    platform = PlatformSettings()
    settings = catalogue.settings_class(name)()
    url = settings.database_url or migrations.running_url(_admin_url(platform), name, platform.database_secret)
    return Database(url, name, settings=settings)


def main() -> None:
    try:
        cli()
    except (NotConfigured, UnknownSetting, asyncpg.InvalidPasswordError, OSError) as problem:
        sys.exit(f"aftercare: {problem}")


if __name__ == "__main__":
    main()
