"""`aftercare trace INCIDENT`: the incident's timeline, each step under the one that caused it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from clients.api import Aftercare
from clients.cli.finding import incident_called
from clients.cli.parameters import AsJson, Lang, terminal_of
from clients.cli.pictures import timeline_table
from clients.models import Entry, Incident


def trace(
    ctx: typer.Context,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[Incident, list[Entry]]:
        found = await incident_called(api, incident)
        return found, await api.all(Entry, f"/v1/incidents/{found.id}/timeline")

    found, entries = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(entries)
        return
    terminal.tell(Text.assemble((found.number, "bold"), "  ", found.title))
    terminal.tell(timeline_table(entries, terminal.language, terminal.zone))
    terminal.tell(Text(terminal.say("events", count=len(entries)), style="dim"))
