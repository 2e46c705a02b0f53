"""What the ways to run the platform share: options, database, schemas, an orderly end, failures in one line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import uvloop

from deploy.children import Children, Program
from deploy.embedded import KeysUnreadable, Ports, environment, keys_of
from deploy.home import CHECKOUT, CannotStart, Home
from deploy.machine import DeadlinePassed
from deploy.postgres_account import PostgresNotStarted
from deploy.postgres_node import PostgresNode
from deploy.rabbit_package import RabbitNotStarted
from services import catalogue
from services.preflight import FORESEEN, in_one_line, read_platform, read_settings
from services.process import ENDING
from shared import migrate
from shared.settings import PREFIX, PlatformSettings

LAST_PORT = 65535
DATA_FOLDER = f"{PREFIX}DATA_FOLDER"
OURS = (CannotStart, KeysUnreadable, PostgresNotStarted, RabbitNotStarted, DeadlinePassed)


def launch(command: str, description: str, run: Callable[[argparse.Namespace, Home], None]) -> None:
    """Read the options and run until the end. A foreseen failure is one line and exit code 1."""
    arguments = _options(command, description).parse_args()
    home = Home(arguments.home)
    try:
        with _interruptible():
            if arguments.reset:
                home.reset()
                print("Data and keys are deleted. · 数据与密钥已删除。")
            else:
                run(arguments, home)
                print(f"Stopped; the data is kept, `{command}` goes on with it. · 已停止，数据保留。")
    except OURS as problem:
        sys.exit(str(problem))
    except FORESEEN as problem:
        sys.exit(f"aftercare: {in_one_line(problem)}")


def _options(command: str, description: str) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog=command, description=description.splitlines()[0])
    options.add_argument("--port", type=_first_port, default=8000, help="first port; the dashboard is at +80 (8000)")
    options.add_argument("--home", type=Path, default=CHECKOUT, help="keep keys and data under this folder")
    options.add_argument("--reset", action="store_true", help="delete the data and the keys")
    options.add_argument("--without-dashboard", action="store_true", help="run the platform and the recorder only")
    return options


def _first_port(text: str) -> int:
    last = LAST_PORT - max(vars(Ports.from_first(0)).values())
    if not text.isdecimal() or not 1 <= int(text) <= last:
        raise argparse.ArgumentTypeError(f"a number from 1 to {last}")
    return int(text)


def require_free(ports: Ports, command: str) -> None:
    """Raises CannotStart, naming the first port that is taken."""
    for name, port in vars(ports).items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError as problem:
                raise CannotStart(f"Port {port} ({name}) is for root only (需要 root 权限).") from problem
            except OSError as problem:
                raise CannotStart(
                    f'Port {port} ({name}) is in use (端口已被占用). Choose others: {command} ARGS="--port 9000"'
                ) from problem


@contextlib.contextmanager
def prepared(home: Home, ports: Ports) -> Iterator[dict[str, str]]:
    """The settings of a platform whose database runs and is migrated, until the block ends. They are also ours then.

    What the caller's environment sets wins over the embedded default.
    """
    read_settings()
    given = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    keys = keys_of(home.folder)
    with _database(home, given.get("AFTERCARE_DATABASE_URL")) as admin_url:
        told = environment(keys, admin_url, ports) | {DATA_FOLDER: str(home.folder)} | given
        os.environ |= told
        _migrate_all(read_platform())
        yield told


@contextlib.contextmanager
def _database(home: Home, given: str | None) -> Iterator[str]:
    """The administrator's URL: the one given, or an embedded server's while we run."""
    if given:
        yield given
        return
    progress("Starting the database", "正在启动数据库")
    node = PostgresNode()
    try:
        yield node.start(home.data)
    finally:
        node.stop()


def _migrate_all(platform: PlatformSettings) -> None:
    """Roles, schemas and all migrations. Alembic runs a loop of its own, so this comes before ours."""
    url, secret = platform.database_url or "", platform.database_secret
    asyncio.run(migrate.prepare_roles(url, list(catalogue.NAMES), secret))
    for name in catalogue.NAMES:
        migrate.upgrade(name, migrate.owner_url(url, name, secret))


def start_beside(children: Children, ports: Ports, *, dashboard: bool) -> None:
    """The recorder, which is the demo's world outside, and the dashboard."""
    recorder = ("clients.recorder", "--smtp-port", str(ports.smtp), "--http-port", str(ports.recorder))
    children.start(Program("recorder", recorder))
    if dashboard:
        pages = ("clients.dashboard", "--port", str(ports.dashboard), "--gateway", ports.base_url)
        children.start(Program("dashboard", pages))


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run our loop to its end; the signals that ended it then disturb nobody who cleans up."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
    _ignore_signals()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Termination and a closed terminal are taken as Ctrl-C; the first of them unwinds the block, in order."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        _ignore_signals()
        raise KeyboardInterrupt

    for number in ENDING:
        signal.signal(number, interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def _ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def progress(english: str, chinese: str) -> None:
    """A line while somebody waits."""
    print(f"{english} … {chinese}", flush=True)
