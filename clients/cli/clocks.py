"""`aftercare clocks explain|what-if`: how a promise was counted, and what a change of the agreement would do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from clients.api import Aftercare
from clients.cli.clock_pictures import explanation_page, foreseen_page
from clients.cli.coded import KINDS, metavar
from clients.cli.finding import incident_called
from clients.cli.helping import Command, family
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.terminal import Misuse
from clients.models import Explanation, Foreseen

CALENDAR = Annotated[Path | None, typer.Option("--calendar", metavar="FILE", help="option_calendar")]
TARGETS = Annotated[Path | None, typer.Option("--targets", metavar="FILE", help="option_targets")]


def clocks_group() -> typer.Typer:
    group = family("clocks")
    group.command("explain", cls=Command, help="explain")(explain_clock)
    group.command("what-if", cls=Command, help="what_if")(what_if)
    return group


def explain_clock(
    ctx: typer.Context,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")],
    kind: Annotated[str, typer.Argument(metavar=metavar(KINDS), help="argument_kind")],
    about: Annotated[str | None, typer.Option("--about", metavar="ID", help="option_about")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    one_of("KIND", kind, KINDS)

    async def work(api: Aftercare) -> Explanation:
        found = await incident_called(api, incident)
        return await api.get(Explanation, f"/v1/incidents/{found.id}/clocks/{kind}/explanation", about_id=about)

    told = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(told)
    else:
        terminal.tell(explanation_page(told, terminal.language))


def what_if(
    ctx: typer.Context,
    agreement: Annotated[str, typer.Argument(metavar="AGREEMENT", help="argument_agreement")],
    calendar: CALENDAR = None,
    targets: TARGETS = None,
    replaces: Annotated[bool, typer.Option("--replaces", help="option_replaces")] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    if calendar is None and targets is None:
        raise Misuse("nothing_proposed")
    proposal: dict[str, Any] = {"agreement_id": agreement, "replaces": replaces}
    if calendar is not None:
        proposal["calendar"] = json_in(calendar, dict)
    if targets is not None:
        proposal["targets"] = json_in(targets, list)
    foreseen = asyncio.run(terminal.with_platform(lambda api: _foreseen(api, proposal)))
    if terminal.as_json:
        terminal.tell_json(foreseen)
    else:
        terminal.tell(foreseen_page(foreseen, terminal.language, terminal.zone))


async def _foreseen(api: Aftercare, proposal: dict[str, Any]) -> Foreseen:
    """Of all open incidents; the platform examines so many at a time."""
    part = await api.post(Foreseen, "/v1/clocks/what-if", **proposal)
    examined, moved, added = part.examined, list(part.moved), list(part.added)
    while part.next is not None:
        part = await api.post(Foreseen, "/v1/clocks/what-if", **proposal, after=part.next)
        examined += part.examined
        moved += part.moved
        added += part.added
    return Foreseen(examined=examined, moved=tuple(moved), added=tuple(added), next=None)


def json_in(file: Path, of: type) -> Any:
    """Raises Misuse for a file that cannot be read or is something else."""
    try:
        content = orjson.loads(file.read_bytes())
    except OSError as problem:
        raise Misuse("unreadable_file", file=file, reason=problem.strerror) from problem
    except orjson.JSONDecodeError as problem:
        raise Misuse("no_json", file=file.name, reason=problem) from problem
    if not isinstance(content, of):
        raise Misuse("no_json", file=file.name, reason=type(content).__name__)
    return content
