"""`make run`: the whole platform in one process on an embedded PostgreSQL, dashboard and recorder beside it.

Everything it needs is made at first start; a second start keeps the data. Ctrl-C stops all of it cleanly.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from deploy.embedded import Keys, Ports, environment, keys_of
from deploy.postgres_account import default_data_folder
from deploy.postgres_node import PostgresNode
from deploy.welcome import welcome
from services import catalogue
from services.process import app_of, build, read_settings
from shared import migrate
from shared.settings import PlatformSettings
from shared.telemetry import configure_logs

CHECKOUT = Path(__file__).parent.parent
RESTART_SECONDS = 2.0


class Child:
    """A process beside the platform, started again when it dies."""

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command = name, command
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._supervise(), name=self.name)

    async def _supervise(self) -> None:
        while True:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self.command, start_new_session=True
            )
            code = await self._process.wait()
            print(f"{self.name} ended with code {code}; starting it again", file=sys.stderr)
            await asyncio.sleep(RESTART_SECONDS)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            await self._process.wait()


def main() -> None:
    arguments = _arguments()
    folder = arguments.home / ".aftercare"
    data = default_data_folder(arguments.home)
    if arguments.reset:
        _reset(folder, data)
        return
    ports = Ports.from_first(arguments.port)
    _require_free(ports)
    keys = keys_of(folder)
    with database(data) as admin_url:
        os.environ |= environment(keys, admin_url, ports) | _ours()
        migrate_all(PlatformSettings())
        with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(ports, keys, folder, with_dashboard=not arguments.without_dashboard))
    print("Stopped. The data is kept; `make run` goes on with it.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="first port; the dashboard is at +80 (default 8000)")
    parser.add_argument("--home", type=Path, default=CHECKOUT, help="keep keys and data under this folder")
    parser.add_argument("--reset", action="store_true", help="delete the data and the keys")
    parser.add_argument("--without-dashboard", action="store_true", help="run the platform and the recorder only")
    return parser.parse_args()


def _reset(folder: Path, data: Path) -> None:
    for path in (folder, data):
        shutil.rmtree(path, ignore_errors=True)
    print("The embedded platform's data and keys are deleted.")


def _require_free(ports: Ports) -> None:
    for name, port in vars(ports).items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                sys.exit(f'Port {port} ({name}) is in use. Choose others: make run ARGS="--port 9000"')


@contextlib.contextmanager
def database(data: Path) -> Iterator[str]:
    """The administrator's URL: the one given in AFTERCARE_DATABASE_URL, or an embedded server's while we run."""
    given = os.environ.get("AFTERCARE_DATABASE_URL")
    if given:
        yield given
        return
    node = PostgresNode()
    try:
        yield node.start(data)
    finally:
        node.stop()


def migrate_all(platform: PlatformSettings) -> None:
    """Roles, schemas and all migrations. Alembic runs a loop of its own, so this comes before ours."""
    url, secret = platform.database_url or "", platform.database_secret
    asyncio.run(migrate.prepare_roles(url, list(catalogue.NAMES), secret))
    for name in catalogue.NAMES:
        migrate.upgrade(name, migrate.owner_url(url, name, secret))


def _ours() -> dict[str, str]:
    """The settings the user gave; they win over the embedded default's."""
    return {name: value for name, value in os.environ.items() if name.startswith("AFTERCARE_")}


async def _run(ports: Ports, keys: Keys, folder: Path, *, with_dashboard: bool) -> None:
    platform = PlatformSettings()
    configure_logs(os.environ.get("AFTERCARE_LOG_LEVEL", "WARNING"), "text" if sys.stderr.isatty() else "json")
    settings = read_settings()
    process = build(catalogue.NAMES, "all", platform, settings)
    await process.start()
    recorder = Child("recorder", "clients.recorder", "--smtp-port", str(ports.smtp), "--http-port", str(ports.recorder))
    dashboard = Child("dashboard", "clients.dashboard", "--port", str(ports.dashboard), "--gateway", ports.base_url)
    children = [recorder, dashboard] if with_dashboard else [recorder]
    for child in children:
        child.start()
    server = uvicorn.Server(
        uvicorn.Config(
            app_of(process, settings),
            host="127.0.0.1",
            port=ports.gateway,
            log_config=None,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    )
    greeting = asyncio.create_task(welcome(platform, ports, keys, folder))
    try:
        await server.serve()
    finally:
        greeting.cancel()
        await asyncio.gather(greeting, *(child.stop() for child in children), return_exceptions=True)
        await process.stop()


if __name__ == "__main__":
    main()
