"""`aftercare incidents report`: what is wrong, where, since when, and whom to answer."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from clients.api import Aftercare
from clients.cli.coded import LEVELS, SEVERITIES, metavar
from clients.cli.finding import asset_like, customer_like
from clients.cli.moments import moment_in
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.terminal import Misuse
from clients.models import Incident, Me


def report_incident(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(help="option_title")],
    description: Annotated[str | None, typer.Option(help="option_description")] = None,
    severity: Annotated[str, typer.Option(metavar=metavar(SEVERITIES), help="option_report_severity")] = "general",
    impact: Annotated[str | None, typer.Option(metavar=metavar(LEVELS), help="option_impact")] = None,
    urgency: Annotated[str | None, typer.Option(metavar=metavar(LEVELS), help="option_urgency")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="option_at")] = None,
    direct_call: Annotated[bool, typer.Option("--direct-call", help="option_direct_call")] = False,
    asset: Annotated[str | None, typer.Option(help="option_asset")] = None,
    customer: Annotated[str | None, typer.Option(help="option_report_customer")] = None,
    contact: Annotated[str | None, typer.Option(help="option_contact")] = None,
    contact_email: Annotated[str | None, typer.Option(help="option_contact_email")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    told = {
        "severity": one_of("--severity", severity, SEVERITIES),
        "impact": one_of("--impact", impact, LEVELS),
        "urgency": one_of("--urgency", urgency, LEVELS),
        "reported_at": at and moment_in("--at", at, terminal.zone),
        "channel": "direct_call" if direct_call else None,
        "contact_email": contact_email,
    }
    stated = {name: value for name, value in told.items() if value}

    async def work(api: Aftercare) -> Incident:
        me = await api.get(Me, "/v1/me")
        place = await _place(api, me, customer, asset)
        return await api.post(
            Incident,
            "/v1/incidents",
            title=title,
            description=description or title,
            contact_name=contact or me.name(terminal.language),
            **stated,
            **place,
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
