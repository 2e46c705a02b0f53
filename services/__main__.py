"""`python -m services`: run services, migrate, say snapshots again, check audit chains, write the reference pages."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import asyncpg
import typer
import uvloop
from pydantic import validate_email

from services import catalogue, ledger, reference
from services.gateway.people.actions import bootstrap_administrator
from services.preflight import (
    FORESEEN,
    NotConfigured,
    door,
    in_one_line,
    read_platform,
    read_settings,
    require_migrated,
)
from services.process import app_of, build, database_url_of, serve, stop_signal
from shared import migrate as migrations
from shared.audit import verify_chains
from shared.db import Caller, Database, plain_url
from shared.resend import send_again, sent_since
from shared.settings import PlatformSettings
from shared.snapshots import say_again
from shared.telemetry import configure_logs


def _moment(text: str) -> datetime:
    """RFC 3339, with its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter("a time such as 2026-11-24T06:30:00Z") from problem
    if moment.tzinfo is None:
        raise typer.BadParameter("a time with its zone, such as 2026-11-24T06:30:00Z or 2026-11-24T14:30:00+08:00")
    return moment


cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Name = Annotated[str, typer.Argument(help=f"one of: {', '.join(catalogue.NAMES)}")]
Names = Annotated[list[str], typer.Argument(help=f"all, or some of: {', '.join(catalogue.NAMES)}")]
SinceOption = Annotated[
    datetime | None,
    typer.Option(parser=_moment, metavar="TIME", help="send again what was sent since (RFC 3339)"),
]
CountOption = Annotated[bool, typer.Option("--count", help="with --since: only say how many events that are")]
RoleOption = Annotated[Literal["api", "worker", "all"], typer.Option(help="answer requests, do the work, or both")]


@cli.command()
def run(names: Names, role: RoleOption = "all") -> None:
    """Run services until SIGTERM or Ctrl-C; the schemas must be migrated."""
    chosen = _chosen(names)
    platform, settings = read_platform(), read_settings()
    first = "gateway" if "gateway" in chosen else chosen[0]
    listening = settings[first]
    if not listening.port:
        raise NotConfigured(f"AFTERCARE_{first.upper()}_PORT is not set: nobody would find what is answered")

    async def work() -> None:
        stop = stop_signal()
        await require_migrated({name: database_url_of(name, platform, settings[name]) for name in chosen})
        process = build(chosen, role, platform, settings)
        app = app_of(process, settings)
        configure_logs(platform.log_level, platform.log_format)
        with door(listening.host, listening.port) as opened:
            await serve(process, app, opened, stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


@cli.command()
def migrate(names: Names) -> None:
    """Create roles and schemas that are missing and bring the schemas up to date; needs the administrator's URL."""
    chosen, platform = _chosen(names), read_platform()
    url = _admin_url(platform)
    asyncio.run(migrations.prepare_roles(url, list(catalogue.NAMES), platform.database_secret))
    for name in chosen:
        migrations.upgrade(name, migrations.owner_url(url, name, platform.database_secret))
        typer.echo(f"{name}: the schema is up to date")


@cli.command()
def administrator(email: str, name_en: str = "Administrator", name_zh: str = "管理员") -> None:
    """Let the first administrator of an installation in: prints a new password, once."""
    try:
        validate_email(email)
    except ValueError as problem:
        raise NotConfigured(f"{email} is no e-mail address") from problem
    password = secrets.token_urlsafe(12)

    async def work() -> bool:
        system = Caller("system:gateway", "system")
        async with _opened("gateway") as database, database.transaction(system) as session:
            added = await bootstrap_administrator(
                session, email=email, password=password, name_zh=name_zh, name_en=name_en
            )
        return added is not None

    if not asyncio.run(work()):
        raise NotConfigured("there is an administrator already, who can add others")
    typer.echo(password)


@cli.command()
def revision(name: Name, slug: str, number: int) -> None:
    """Write migration NUMBER of a service with what its models have and the migrated schema has not."""
    [name] = _chosen([name])
    platform = read_platform()
    url = migrations.owner_url(_admin_url(platform), name, platform.database_secret)
    migrations.revise(name, url, catalogue.service(name).metadata, slug, number)


@cli.command()
def republish(names: Names, since: SinceOption = None, count: CountOption = False) -> None:
    """Say all snapshots of services again, for copies that are empty or lost; or, with --since, send again all events
    that were sent since then, for queues that a broker lost: who has one already does nothing."""
    if count and since is None:
        raise typer.BadParameter("--count goes with --since")
    for name in _chosen(names):
        if since is not None:
            asyncio.run(_send_again(name, since, only_count=count))
        elif catalogue.service(name).snapshots or names != ["all"]:
            asyncio.run(_say_snapshots(name))


@cli.command()
def audit(names: Names) -> None:
    """Check every audit chain of the services; exit code 1 names the first broken entry of each broken chain."""
    chosen = _chosen(names)

    async def work() -> list[str]:
        broken = []
        for name in chosen:
            system = Caller(f"system:{name}", "system")
            async with _opened(name) as database, database.transaction(system, read_only=True) as session:
                broken += [f"{name} {subject} entry {entry}" for subject, entry in await verify_chains(session)]
        return broken

    broken = asyncio.run(work())
    for line in broken or ["every chain holds"]:
        typer.echo(line)
    raise typer.Exit(1 if broken else 0)


@cli.command(name="ledger")
def check_ledger(
    days: Annotated[int, typer.Option(help="how far back every event must have been handled")] = 1,
) -> None:
    """Check the records of all services against each other; needs the administrator's URL. Exit code 1: see BROKEN."""
    url = plain_url(_admin_url(read_platform()))

    async def work() -> list[ledger.Finding]:
        connection = await asyncpg.connect(url)
        try:
            return await ledger.findings(connection, days=days)
        finally:
            await connection.close()

    found = asyncio.run(work())
    for finding in found:
        for line in finding.lines():
            typer.echo(line)
    raise typer.Exit(1 if any(finding.rows for finding in found) else 0)


@cli.command()
def docs(folder: Path = Path("docs"), check: bool = False) -> None:
    """Write the reference pages from the code; with --check, only tell which are stale (exit code 1)."""
    stale = reference.write(folder, check=check)
    for name in stale:
        typer.echo(f"{'stale' if check else 'written'}: {folder / name}")
    raise typer.Exit(1 if check and stale else 0)


async def _say_snapshots(name: str) -> None:
    snapshots = catalogue.service(name).snapshots
    if not snapshots:
        raise NotConfigured(f"{name} says no snapshots")
    async with _opened(name) as database:
        await say_again(lambda: database.transaction(Caller(f"system:{name}", "system")), snapshots)
    typer.echo(f"{name}: all snapshots are said again; its worker sends them")


async def _send_again(name: str, since: datetime, *, only_count: bool) -> None:
    async with _opened(name) as database:
        sent = await sent_since(database, since, remembered=read_platform().keep.reach)
        typer.echo(f"{name}: {sent.events} events were sent since {since.isoformat()}")
        if not only_count:
            await send_again(database, sent)
            typer.echo(f"{name}: they are unsent again; its worker sends them")


def _chosen(names: list[str]) -> list[str]:
    if names == ["all"]:
        return list(catalogue.NAMES)
    unknown = [name for name in names if name not in catalogue.NAMES]
    if unknown:
        raise NotConfigured(f"no such service: {', '.join(unknown)}; there are {', '.join(catalogue.NAMES)}")
    return names


def _admin_url(platform: PlatformSettings) -> str:
    if not platform.database_url:
        raise NotConfigured("AFTERCARE_DATABASE_URL is not set: this needs the administrator's URL")
    return platform.database_url


@asynccontextmanager
async def _opened(name: str) -> AsyncIterator[Database]:
    """One service's database under its running role. Raises NotConfigured."""
    platform, settings = read_platform(), read_settings()[name]
    database = Database(database_url_of(name, platform, settings), name, settings=settings)
    try:
        yield database
    finally:
        await database.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit code 1 and one line for what goes wrong outside the code, 2 for a command that is none."""
    try:
        cli(arguments)
    except FORESEEN as problem:
        sys.exit(f"aftercare: {in_one_line(problem)}")


if __name__ == "__main__":
    main()
