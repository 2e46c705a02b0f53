"""The secrets that `make secrets` writes are all that the containers ask for, and open what they are for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from dotenv import dotenv_values
from sqlalchemy.engine import make_url

from deploy.secrets import main
from services import catalogue
from shared.auth import Signer, Verifier
from shared.migrate import running_url
from shared.now import system_seconds
from shared.permissions import Role
from tests.harness import principal
from tests.repo.sources import ROOT, text_of

COMPOSE = text_of(ROOT / "docker-compose.yml")
ASKED_FOR = set(re.findall(r"\$\{(\w+):\?", COMPOSE))


Write = Callable[..., object]


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Runs the command in this process; returns what it exits with, None when it has written."""

    def run(file: Path, *options: str) -> object:
        monkeypatch.setattr(sys, "argv", ["secrets", "--file", str(file), *options])
        try:
            main()
        except SystemExit as ended:
            return ended.code
        return None

    return run


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written as `make secrets` does, by a process of its own."""
    path = tmp_path_factory.mktemp("installation") / ".env"
    address = ("--public-url", "https://service.example.org")
    command = [sys.executable, "-m", "deploy.secrets", "--file", str(path), *address]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return path


@pytest.fixture(scope="module")
def told(file: Path) -> dict[str, str]:
    """The variables as Compose reads them."""
    return {name: value or "" for name, value in dotenv_values(file, interpolate=True).items()}


def test_the_file_has_all_that_compose_asks_for_and_nothing_else(told: dict[str, str]) -> None:
    assert set(told) == ASKED_FOR
    assert [name for name, value in told.items() if not value] == []
    assert told["AFTERCARE_FEEDBACK_PUBLIC_URL"] == "https://service.example.org"


def test_only_its_owner_may_read_it(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_services_believe_whom_the_gateway_signs(told: dict[str, str]) -> None:
    statement = Signer(told["AFTERCARE_GATEWAY_SIGNING_KEY"]).sign(principal(Role.DESK), system_seconds())
    assert Verifier(told["AFTERCARE_PRINCIPAL_KEY"]).verify(statement, system_seconds()).roles == ("desk",)


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_a_services_url_is_the_one_that_migrate_lets_in(told: dict[str, str], name: str) -> None:
    [administrators] = re.findall(r"AFTERCARE_DATABASE_URL: (.*)", COMPOSE)
    url = administrators.replace("${POSTGRES_PASSWORD:?set it in .env}", told["POSTGRES_PASSWORD"])
    expected = running_url(url, name, told["AFTERCARE_DATABASE_SECRET"])
    assert make_url(told[f"AFTERCARE_{name.upper()}_DATABASE_URL"]) == make_url(expected)


def test_what_stands_in_an_address_is_letters_and_digits(told: dict[str, str]) -> None:
    assert [name for name in told if name.endswith("PASSWORD") and not told[name].isalnum()] == []


def test_secrets_in_use_are_not_replaced(file: Path, write: Write) -> None:
    before = file.read_bytes()
    refusal = str(write(file))
    assert file.read_bytes() == before
    assert refusal.startswith(str(file))
    assert len(refusal.splitlines()) == 1


def test_two_installations_share_nothing(told: dict[str, str], tmp_path: Path, write: Write) -> None:
    other = tmp_path / ".env"
    assert write(other) is None
    values = dotenv_values(other)
    assert [name for name in told if values[name] == told[name]] == []


def test_an_address_that_is_none_is_a_mistake_of_the_command(tmp_path: Path, write: Write) -> None:
    assert write(tmp_path / ".env", "--public-url", 'http://x"$(id)') == 2
    assert not (tmp_path / ".env").exists()
