"""`python -m services`: each command on a real database, what it says, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.machine import free_ports, wait_until
from services import catalogue
from services.__main__ import main
from services.ledger import LEDGER
from services.preflight import require_migrated
from shared.db import plain_url
from shared.migrate import running_url
from shared.settings import PREFIX
from tests.databases import Databases
from tests.harness import PRIVATE_KEY, PUBLIC_KEY
from tests.outside import closed_port
from tests.repo.sources import ROOT

Command = Callable[..., tuple[int, str]]
EMAIL = "first@provider.example"


@pytest.fixture
def database(databases: Databases) -> str:
    """The administrator's URL of a migrated database without a row."""
    return databases.clean("all")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: str) -> Command:
    """Runs one, told of the database and what else it is given; its exit code and what it says."""

    def run(*arguments: str, **told: str) -> tuple[int, str]:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            monkeypatch.delenv(name)
        for name, value in {f"{PREFIX}DATABASE_URL": database, **told}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        if isinstance(ended.value.code, str):
            return 1, ended.value.code
        return int(ended.value.code or 0), said.out + said.err

    return run


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(plain_url(url))
    await connection.execute(statement)
    await connection.close()


@contextmanager
def notify_at(revision: str | None, database: str) -> Iterator[None]:
    """The schema of notify says for a while that it stands elsewhere, or nowhere."""
    at = '"notify".alembic_version'
    elsewhere = f"INSERT INTO {at} VALUES ('{revision}')" if revision else ""
    asyncio.run(_execute(database, f"CREATE TABLE public.kept AS TABLE {at}; DELETE FROM {at}; {elsewhere}"))
    yield
    asyncio.run(_execute(database, f"DELETE FROM {at}; INSERT INTO {at} TABLE public.kept; DROP TABLE public.kept"))


def test_a_migration_may_be_repeated(command: Command) -> None:
    assert command("migrate", "contracts", "notify") == (
        0,
        "contracts: the schema is up to date\nnotify: the schema is up to date\n",
    )


@pytest.mark.parametrize(
    "arguments", [("migrate", "nosuch"), ("run", "contracts", "nosuch"), ("republish", "nosuch"), ("audit", "nosuch")]
)
def test_a_service_that_is_none_is_named_beside_those_there_are(command: Command, arguments: tuple[str, ...]) -> None:
    known = ", ".join(catalogue.NAMES)
    assert command(*arguments) == (1, f"aftercare: no such service: nosuch; there are {known}")


@pytest.mark.parametrize("arguments", [("run",), ("run", "all", "--role", "boss"), ("nosuch",), ("revision", "notify")])
def test_a_command_that_is_none_is_a_mistake_of_the_caller(command: Command, arguments: tuple[str, ...]) -> None:
    code, said = command(*arguments)
    assert (code, "Usage:" in said) == (2, True)


WRONG = {
    "DATABASE_URL": ("mysql://localhost/x", "DATABASE_URL is no address of PostgreSQL: it begins with postgresql://"),
    "AMQP_URL": ("http://localhost", "AMQP_URL is no address of RabbitMQ: it begins with amqp:// or amqps://"),
    "OTLP_ENDPOINT": (
        "collector:4318",
        "OTLP_ENDPOINT is no address of a collector: it begins with http:// or https://",
    ),
    "LOG_LEVEL": ("LOUD", "LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR"),
    "LOG_FORMAT": ("xml", "LOG_FORMAT is none of json, text"),
    "PRINCIPAL_KEY": ("no key", "PRINCIPAL_KEY is no public key in PEM"),
    "GATEWAY_SIGNING_KEY": ("no key", "GATEWAY_SIGNING_KEY is not set, or no private key in PEM"),
    "GATEWAY_PORT": ("http", "GATEWAY_PORT: Input should be a valid integer, unable to parse string as an integer"),
    "NOTIFY_ALLOWED_RECEIVERS": ("127.0.0.1:80", "NOTIFY_ALLOWED_RECEIVERS is no valid JSON"),
}


@pytest.mark.parametrize("setting", WRONG)
def test_a_setting_that_cannot_be_is_named(command: Command, setting: str) -> None:
    value, reason = WRONG[setting]
    told = {f"{PREFIX}PRINCIPAL_KEY": PUBLIC_KEY, f"{PREFIX}GATEWAY_PORT": "1", f"{PREFIX}{setting}": value}
    assert command("run", "gateway", **told) == (1, f"aftercare: {PREFIX}{reason}")


@pytest.mark.parametrize(
    ("name", "told", "reason"),
    [
        ("gateway", {}, "AFTERCARE_PRINCIPAL_KEY is not set: services cannot tell who is asking"),
        ("notify", {}, "AFTERCARE_NOTIFY_PORT is not set: nobody would find what is answered"),
        ("notify", {"AFTERCARE_DATABASE_URL": ""}, "set AFTERCARE_NOTIFY_DATABASE_URL or AFTERCARE_DATABASE_URL"),
    ],
)
def test_a_setting_that_is_missing_is_named(command: Command, name: str, told: dict[str, str], reason: str) -> None:
    port = {} if "PORT" in reason else {f"{PREFIX}{name.upper()}_PORT": "1"}
    assert command("run", name, **port, **told) == (1, f"aftercare: {reason}")


def test_a_process_does_not_run_on_a_schema_that_is_behind(command: Command, database: str) -> None:
    told = {f"{PREFIX}PRINCIPAL_KEY": PUBLIC_KEY, f"{PREFIX}NOTIFY_PORT": "1"}
    reason = "the schema of notify is not up to date: run python -m services migrate notify"
    with notify_at(None, database):
        assert command("run", "notify", **told) == (1, f"aftercare: {reason}")


def test_a_schema_ahead_of_the_code_is_an_update_under_way(database: str) -> None:
    with notify_at("notify_9999", database):
        asyncio.run(require_migrated({"notify": running_url(database, "notify", "")}))


def test_a_database_that_is_away_is_no_reason_not_to_start() -> None:
    """The process tells in /readyz that it is away, and goes on when it is back."""
    asyncio.run(require_migrated({"notify": f"postgresql://notify@127.0.0.1:{closed_port()}/x"}))


def test_an_installation_gets_its_first_administrator_once(command: Command) -> None:
    assert command("administrator", "nobody") == (1, "aftercare: nobody is no e-mail address")
    code, password = command("administrator", EMAIL)
    assert (code, len(password.strip())) == (0, 16)
    assert command("administrator", EMAIL) == (1, "aftercare: there is an administrator already, who can add others")


def test_snapshots_are_said_again(command: Command) -> None:
    command("administrator", EMAIL)
    assert command("republish", "gateway") == (0, "gateway: all snapshots are said again; its worker sends them\n")
    said = command("republish", "all")[1].splitlines()
    assert [line.split(":")[0] for line in said] == ["gateway", "contracts", "inventory"]
    assert command("republish", "notify") == (1, "aftercare: notify says no snapshots")


def test_events_are_sent_again_from_a_time_on(command: Command, database: str) -> None:
    command("administrator", EMAIL)
    asyncio.run(_execute(database, "UPDATE gateway.outbox SET sent_at = clock_timestamp()"))
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    counted = f"gateway: 1 events were sent since {since}\n"
    assert command("republish", "gateway", "--since", since, "--count") == (0, counted)
    before = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    refused = command("republish", "gateway", "--since", before, AFTERCARE_KEEP_INBOX_DAYS="2")
    assert (refused[0], "more than 1 days ago" in refused[1]) == (1, True)
    unsent = "gateway: they are unsent again; its worker sends them\n"
    assert command("republish", "gateway", "--since", since) == (0, counted + unsent)
    code, said = command("republish", "all", "--since", since, "--count")
    assert (code, [line.split()[1] for line in said.splitlines()]) == (0, ["0"] * len(catalogue.NAMES))


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--since", "yesterday"), 2, "2026-11-24T06:30:00Z"),
        (("--since", "2026-11-24T06:30:00"), 2, "with its zone"),
        (("--count",), 2, "goes with --since"),
        (("--since", "2100-01-01T00:00:00Z"), 1, "still to come"),
        (("--since", "2020-01-01T00:00:00Z"), 1, "may have forgotten"),
    ],
)
def test_a_time_to_send_again_from_is_checked(
    command: Command, arguments: tuple[str, ...], code: int, why: str
) -> None:
    ended, said = command("republish", "gateway", *arguments)
    assert (ended, why in said) == (code, True), said


def test_a_chain_that_was_changed_afterwards_is_named(command: Command, database: str) -> None:
    command("administrator", EMAIL)
    assert command("audit", "all") == (0, "every chain holds\n")
    asyncio.run(_execute(database, "UPDATE gateway.audit SET actor = 'person:somebody-else'"))
    code, said = command("audit", "all")
    assert (code, said.startswith("gateway "), said.endswith(" entry 1\n")) == (1, True, True)


def test_the_ledger_names_what_breaks_a_promise(command: Command, database: str) -> None:
    code, said = command("ledger")
    assert (code, "BROKEN" in said) == (0, False)
    assert len(said.splitlines()) == len(LEDGER)
    head = "INSERT INTO notify.heads (subject, sequence, entries, hash) VALUES ('lost', 1, 0, '')"
    asyncio.run(_execute(database, head))
    code, said = command("ledger")
    assert (code, said.count("BROKEN")) == (1, 1)
    assert "service=notify, subject=lost, head=1, events=0" in said


def test_stale_pages_are_told_and_written(command: Command, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert command("docs", "--folder", nowhere)[1].startswith("aftercare: ")
    stale = command("docs", "--folder", str(tmp_path), "--check")
    assert (stale[0], stale[1].count("stale: ")) == (1, 5)
    assert command("docs", "--folder", str(tmp_path))[0] == 0
    assert command("docs", "--folder", str(tmp_path), "--check") == (0, "")
    assert json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))["openapi"].startswith("3.1")


def test_a_process_answers_until_it_is_terminated_and_ends_in_order(database: str) -> None:
    [port] = free_ports(1)
    untold = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = {
        "DATABASE_URL": database,
        "PRINCIPAL_KEY": PUBLIC_KEY,
        "GATEWAY_SIGNING_KEY": PRIVATE_KEY,
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "run", "all"],
        cwd=ROOT,
        env={**untold, **{f"{PREFIX}{name}": value for name, value in told.items()}},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: _is_ready(port), seconds=60, what="the first answer")
    finally:
        process.send_signal(signal.SIGTERM)
        _, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (0, "")


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
    except httpx.TransportError:
        return False
