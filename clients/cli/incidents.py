"""`aftercare incidents`: list, show, report, and each move."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from rich.text import Text

from clients.api import Aftercare
from clients.cli.coded import FAULT_CLASSES, ORDERS, PRIORITIES, SEVERITIES, STATES, TEAMS, metavar
from clients.cli.finding import customer_like, incident_called, person_like
from clients.cli.helping import Command, family
from clients.cli.incident_page import incident_page
from clients.cli.moments import moment_in
from clients.cli.moves import add_moves
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.pictures import incidents_table
from clients.cli.relations import add_relations
from clients.cli.reporting import report_incident
from clients.cli.terminal import Terminal
from clients.models import Incident, Pause, RelatedIncident, Segment


def incidents_group() -> typer.Typer:
    group = family("incidents")
    group.command("list", cls=Command, help="list")(list_incidents)
    group.command("show", cls=Command, help="show")(show_incident)
    group.command("report", cls=Command, help="report")(report_incident)
    add_moves(group)
    add_relations(group)
    return group


def list_incidents(
    ctx: typer.Context,
    state: Annotated[list[str] | None, typer.Option(metavar=metavar(STATES), help="option_state")] = None,
    severity: Annotated[str | None, typer.Option(metavar=metavar(SEVERITIES), help="option_severity")] = None,
    priority: Annotated[str | None, typer.Option(metavar=metavar(PRIORITIES), help="option_priority")] = None,
    fault_class: Annotated[
        str | None, typer.Option("--fault-class", metavar=metavar(FAULT_CLASSES), help="option_list_fault_class")
    ] = None,
    team: Annotated[str | None, typer.Option(metavar=metavar(TEAMS), help="option_team")] = None,
    engineer: Annotated[str | None, typer.Option(help="option_list_engineer")] = None,
    customer: Annotated[str | None, typer.Option(help="option_customer")] = None,
    breached: Annotated[bool | None, typer.Option("--breached/--unbreached", help="option_breached")] = None,
    covered: Annotated[bool | None, typer.Option("--covered/--uncovered", help="option_covered")] = None,
    due_before: Annotated[str | None, typer.Option("--due-before", metavar="TIME", help="option_due_before")] = None,
    words: Annotated[str | None, typer.Option("--words", help="option_words")] = None,
    source_number: Annotated[str | None, typer.Option("--source-number", help="option_source_number")] = None,
    order: Annotated[str | None, typer.Option(metavar=metavar(ORDERS), help="option_order")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="option_limit")] = 50,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    for each in state or ():
        one_of("--state", each, STATES)
    narrowed = {
        "severity": one_of("--severity", severity, SEVERITIES),
        "priority": one_of("--priority", priority, PRIORITIES),
        "fault_class": one_of("--fault-class", fault_class, FAULT_CLASSES),
        "team": one_of("--team", team, TEAMS),
        "order": one_of("--order", order, ORDERS),
        "state": state or None,
        "breached": breached,
        "covered": covered,
        "due_before": due_before and moment_in("--due-before", due_before, terminal.zone).isoformat(),
        "q": words,
        "source_number": source_number,
    }

    async def work(api: Aftercare) -> list[Incident]:
        of = {
            "customer_id": customer and (await customer_like(api, customer)).customer_id,
            "engineer_id": engineer and await person_like(api, "--engineer", engineer),
        }
        return await _first(api, limit + 1, **narrowed, **of)

    _tell_list(terminal, asyncio.run(terminal.with_platform(work)), limit)


async def _first(api: Aftercare, most: int, **narrowed: Any) -> list[Incident]:
    found: list[Incident] = []
    async for incident in api.pages(Incident, "/v1/incidents", **narrowed):
        found.append(incident)
        if len(found) == most:
            break
    return found


def show_incident(
    ctx: typer.Context,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[Incident, list[Pause], list[Segment], list[RelatedIncident]]:
        found = await incident_called(api, incident)
        if terminal.as_json:
            return found, [], [], []
        path = f"/v1/incidents/{found.id}"
        return (
            found,
            await api.all(Pause, f"{path}/pauses"),
            await api.all(Segment, f"{path}/segments"),
            await api.all(RelatedIncident, f"{path}/related"),
        )

    found, pauses, segments, related = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(incident_page(found, terminal.language, terminal.zone, pauses, segments, related))


def _tell_list(terminal: Terminal, found: list[Incident], limit: int) -> None:
    if terminal.as_json:
        terminal.tell_json(found[:limit])
        return
    if not found:
        terminal.tell(terminal.say("no_incidents"))
        return
    terminal.tell(incidents_table(found[:limit], terminal.language))
    if len(found) > limit:
        terminal.tell(Text(terminal.say("more"), style="dim"))
