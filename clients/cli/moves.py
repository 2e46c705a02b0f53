"""`aftercare incidents acknowledge|classify|...`: each move is a line of one table, and all are made the same way."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from clients.api import Aftercare
from clients.cli.coded import COVERS, FAULT_CLASSES, LEVELS, PAUSE_REASONS, SEVERITIES, TEAMS
from clients.cli.finding import incident_called
from clients.cli.helping import Command
from clients.cli.incident_page import moved_page
from clients.cli.members import Member, a_moment, a_person, an_incident
from clients.cli.parameters import AsJson, Lang, terminal_of
from clients.cli.terminal import Terminal
from clients.models import Incident

INCIDENT = Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")]
ENGINEER = Member("engineer_id", "--engineer", "option_engineer", becomes=a_person)
REASON = Member("reason", "--reason", "option_reason")


@dataclass(frozen=True)
class Move:
    """`name` is the last part of its address, and the command."""

    name: str
    members: tuple[Member, ...] = ()

    @property
    def help(self) -> str:
        return f"move_{self.name}"


MOVES = (
    Move("acknowledge"),
    Move(
        "classify",
        (
            Member("severity", "--severity", "option_move_severity", SEVERITIES),
            Member("fault_class", "--fault-class", "option_fault_class", FAULT_CLASSES),
            Member("analysis", "--analysis", "option_analysis"),
        ),
    ),
    Move(
        "prioritise",
        (
            Member("impact", "--impact", "option_impact", LEVELS),
            Member("urgency", "--urgency", "option_urgency", LEVELS),
        ),
    ),
    Move("assign", (ENGINEER, Member("team", "--team", "option_move_team", TEAMS, required=False))),
    Move("begin"),
    Move(
        "pause",
        (
            Member("reason", "--reason", "option_pause_reason", PAUSE_REASONS),
            Member("evidence", "--evidence", "option_evidence"),
            Member("until", "--until", "option_until", becomes=a_moment, required=False),
        ),
    ),
    Move("resume"),
    Move("escalate", (REASON, Member("engineer_id", "--engineer", "option_engineer", (), a_person, required=False))),
    Move(
        "resolve",
        (
            Member("solution", "--solution", "option_solution"),
            Member("with_children", "--alone", "option_alone", required=False, is_switch=True, means=False),
        ),
    ),
    Move("confirm"),
    Move("refuse", (REASON,)),
    Move("reopen", (REASON,)),
    Move("cancel", (REASON,)),
    Move("merge", (Member("target_id", "--into", "option_into", becomes=an_incident), REASON)),
    Move("unmerge", (REASON,)),
    Move("decide-cover", (Member("cover", "--cover", "option_cover", COVERS), REASON)),
)


def add_moves(group: typer.Typer) -> None:
    for move in MOVES:
        group.command(move.name, cls=Command, help=move.help)(command_of(move))


def command_of(move: Move) -> Callable[..., None]:
    """The function that typer calls; its signature is that of the move."""

    def command(ctx: typer.Context, incident: str, lang: str | None, as_json: bool, **written: Any) -> None:
        terminal = terminal_of(ctx, as_json)
        for member in move.members:
            member.check(written[member.name])
        moved = asyncio.run(terminal.with_platform(lambda api: make(move, api, terminal, incident, written)))
        if terminal.as_json:
            terminal.tell_json(moved)
        else:
            terminal.tell(moved_page(moved, terminal.language, terminal.zone))

    command.__signature__ = _signature(move.members)  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {}
    return command


async def make(move: Move, api: Aftercare, terminal: Terminal, reference: str, written: Mapping[str, Any]) -> Incident:
    """Make the move with what was written; what was left out is the platform's to choose."""
    body = {
        member.name: await member.value(api, terminal, written[member.name])
        for member in move.members
        if written[member.name]
    }
    found = await incident_called(api, reference)
    return await api.post(Incident, f"/v1/incidents/{found.id}/{move.name}", **body)


def _signature(members: Iterable[Member]) -> inspect.Signature:
    def positional(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    return inspect.Signature(
        [
            positional("ctx", typer.Context),
            positional("incident", INCIDENT),
            *(member.parameter for member in members),
            positional("lang", Lang, None),
            positional("as_json", AsJson, False),
        ]
    )
