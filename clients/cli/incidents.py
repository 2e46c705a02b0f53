"""`aftercare incidents list|show|report`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer
from rich.text import Text

from clients.api import Aftercare
from clients.cli.finding import asset_like, customer_like
from clients.cli.helping import Command, family
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.pictures import incident_page, incidents_table
from clients.cli.terminal import Misuse, Terminal
from clients.models import Incident, Me

STATES = ("reported", "acknowledged", "in_progress", "resolved", "confirmed", "closed")
SEVERITIES = ("general", "major", "disaster", "consultation")
ONE_OF_STATES = "|".join(STATES)
ONE_OF_SEVERITIES = "|".join(SEVERITIES)


def incidents_group() -> typer.Typer:
    group = family("incidents")
    group.command("list", cls=Command, help="list")(list_incidents)
    group.command("show", cls=Command, help="show")(show_incident)
    group.command("report", cls=Command, help="report")(report_incident)
    return group


def list_incidents(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(metavar=ONE_OF_STATES, help="option_state")] = None,
    severity: Annotated[str | None, typer.Option(metavar=ONE_OF_SEVERITIES, help="option_severity")] = None,
    customer: Annotated[str | None, typer.Option(help="option_customer")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="option_limit")] = 50,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    one_of("--state", state, STATES)
    one_of("--severity", severity, SEVERITIES)

    async def work(api: Aftercare) -> list[Incident]:
        wanted = None if customer is None else (await customer_like(api, customer)).customer_id
        found: list[Incident] = []
        listing = api.pages(Incident, "/v1/incidents", state=state, severity=severity, customer_id=wanted)
        async for incident in listing:
            found.append(incident)
            if len(found) > limit:
                break
        return found

    _tell_list(terminal, asyncio.run(terminal.with_platform(work)), limit)


def show_incident(
    ctx: typer.Context,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="argument_incident")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> Incident:
        return await api.get(Incident, f"/v1/incidents/{quote(incident, safe='')}")

    found = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(incident_page(found, terminal.language, terminal.zone))


def report_incident(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(help="option_title")],
    description: Annotated[str | None, typer.Option(help="option_description")] = None,
    severity: Annotated[str, typer.Option(metavar=ONE_OF_SEVERITIES, help="option_report_severity")] = "general",
    asset: Annotated[str | None, typer.Option(help="option_asset")] = None,
    customer: Annotated[str | None, typer.Option(help="option_report_customer")] = None,
    contact: Annotated[str | None, typer.Option(help="option_contact")] = None,
    contact_email: Annotated[str | None, typer.Option(help="option_contact_email")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    one_of("--severity", severity, SEVERITIES)

    async def work(api: Aftercare) -> Incident:
        me = await api.get(Me, "/v1/me")
        known: dict[str, Any] = await _place(api, me, customer, asset)
        if contact_email:
            known["contact_email"] = contact_email
        return await api.post(
            Incident,
            "/v1/incidents",
            title=title,
            description=description or title,
            severity=severity,
            contact_name=contact or me.name(terminal.language),
            **known,
        )

    registered = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(registered)
        return
    terminal.tell(Text(terminal.say("reported_as", number=registered.number), style="bold green"))
    if not registered.covered:
        terminal.tell(Text(terminal.say("not_covered"), style="yellow"))


async def _place(api: Aftercare, me: Me, customer: str | None, asset: str | None) -> dict[str, UUID]:
    """The customer and asset of a report. A customer's own people report for their customer without saying so."""
    given = None if customer is None else (await customer_like(api, customer)).customer_id
    place: dict[str, UUID] = {}
    if asset is not None:
        found = await asset_like(api, asset, given)
        place["asset_id"] = found.id
        given = found.customer_id
    if me.customer_id is None:
        if given is None:
            raise Misuse("customer_wanted")
        place["customer_id"] = given
    return place


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
