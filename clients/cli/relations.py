"""`aftercare incidents relate|unrelate`: two incidents that have to do with each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from clients.api import Aftercare
from clients.cli.finding import incident_called
from clients.cli.helping import Command
from clients.cli.incident_page import related_table
from clients.cli.parameters import AsJson, Lang, terminal_of
from clients.models import Incident, RelatedIncident

ONE = Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")]
OTHER = Annotated[str, typer.Argument(metavar="OTHER", help="argument_other")]
REASON = Annotated[str, typer.Option("--reason", help="option_relate_reason")]


def add_relations(group: typer.Typer) -> None:
    group.command("relate", cls=Command, help="relate")(relate)
    group.command("unrelate", cls=Command, help="unrelate")(unrelate)


def relate(
    ctx: typer.Context, incident: ONE, other: OTHER, reason: REASON, lang: Lang = None, as_json: AsJson = False
) -> None:
    async def work(api: Aftercare) -> list[RelatedIncident]:
        path, far = await _both(api, incident, other)
        await api.put(Incident, f"{path}/related/{far.id}", reason=reason)
        return await api.all(RelatedIncident, f"{path}/related")

    _tell(ctx, work, as_json)


def unrelate(
    ctx: typer.Context, incident: ONE, other: OTHER, reason: REASON, lang: Lang = None, as_json: AsJson = False
) -> None:
    async def work(api: Aftercare) -> list[RelatedIncident]:
        path, far = await _both(api, incident, other)
        await api.delete(f"{path}/related/{far.id}", reason=reason)
        return await api.all(RelatedIncident, f"{path}/related")

    _tell(ctx, work, as_json)


async def _both(api: Aftercare, incident: str, other: str) -> tuple[str, Incident]:
    one = await incident_called(api, incident)
    return f"/v1/incidents/{one.id}", await incident_called(api, other)


def _tell(ctx: typer.Context, work: Callable[[Aftercare], Awaitable[list[RelatedIncident]]], as_json: bool) -> None:
    """What the incident is related to afterwards."""
    terminal = terminal_of(ctx, as_json)
    related = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(related)
    else:
        terminal.tell(related_table(related, terminal.language))
