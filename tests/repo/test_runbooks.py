"""A runbook is read when there is no time for a mistake: its commands, addresses, queries and figures are real."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from typer.main import get_command

from services.__main__ import cli
from services.gateway.front.table import Table
from shared.telemetry import Metrics
from tests.repo.sources import ROOT, lines_with, modules, name_of, text_of

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)
ENTRIES = yaml.safe_load(text_of(ROOT / "docker-compose.yml"))["services"]
CODE = re.compile(r"```(\w*)\n(.*?)```|`([^`]+)`", re.DOTALL)
AS_IF = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
"""Stands for an id that the reader fills in."""


def snippets(page: Path, language: str = "") -> Iterator[str]:
    """What stands in code, in blocks of this language or between text, with its lines put together."""
    for found in CODE.finditer(text_of(page)):
        if found[3] is not None and not language:
            yield " ".join(found[3].split())
        elif found[3] is None and found[1] == language:
            yield from (found[2].splitlines() if not language else [found[2]])


def ours(page: Path) -> Iterator[list[str]]:
    """The arguments of each command of `python -m services`, also as a container is told them."""
    for line in snippets(page):
        for start in ("python -m services ", "docker compose run --rm migrate "):
            if line.strip().startswith(start):
                yield shlex.split(line.strip().removeprefix(start))


@PAGE
def test_every_command_of_ours_can_be_given(page: Path) -> None:
    group: Any = get_command(cli)
    for name, *arguments in ours(page):
        group.commands[name].make_context(name, arguments)


def test_the_runbooks_name_commands_addresses_and_queries() -> None:
    """Else the tests below would look at nothing."""
    assert {arguments[0] for page in PAGES for arguments in ours(page)} >= {"republish", "audit"}
    assert sum(len(list(snippets(page, "sql"))) for page in PAGES) >= 4


@PAGE
def test_every_container_that_is_named_is_one(page: Path) -> None:
    for line in (snippet.strip() for snippet in snippets(page)):
        if line.startswith("docker compose ") and " migrate " not in line:
            action, *words = shlex.split(line.split(" > ")[0].split(" < ")[0])[2:]
            named = [word for word in words if not word.startswith("-")]
            of = named[:1] if action in ("exec", "run") else named
            assert set(of) <= set(ENTRIES), line


@PAGE
def test_every_address_that_is_named_is_answered(page: Path) -> None:
    for snippet in snippets(page):
        for method, path in re.findall(r"(GET|POST|PUT|PATCH|DELETE) (/v1/\S+)", snippet):
            assert Table().find(method, path.replace("EVENT_ID", AS_IF)), path


@PAGE
async def test_every_query_runs(page: Path, admin: asyncpg.Connection[asyncpg.Record]) -> None:
    for query in snippets(page, "sql"):
        async with admin.transaction():
            await admin.execute(query)


@PAGE
def test_every_figure_and_every_line_of_the_log_is_one_of_ours(page: Path) -> None:
    words = {snippet for snippet in snippets(page) if re.fullmatch(r"[a-z]+(_[a-z]+)+", snippet)}
    figures = {metric.name for metric in Metrics().registry.collect()}
    for word in words:
        known = word.removesuffix("_total") in figures or lines_with(word, *modules("services", "shared"))
        assert known or word in OF_POSTGRESQL, word


OF_POSTGRESQL = {"pg_basebackup", "archive_command", "tcp_keepalives_idle"}
