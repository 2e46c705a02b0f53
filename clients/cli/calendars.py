"""`aftercare calendars list|show|china|check`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from clients.api import Aftercare
from clients.cli.calendar_pictures import calendar_page, calendars_table, preview_page
from clients.cli.coded import UNITS, metavar
from clients.cli.finding import calendar_called
from clients.cli.helping import Command, family
from clients.cli.moments import moment_in
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.models import NamedCalendar, Preview
from shared.zones import zone_named

CALENDAR = Annotated[str, typer.Argument(metavar="CALENDAR", help="argument_calendar")]
YEAR = 1970


def calendars_group() -> typer.Typer:
    group = family("calendars")
    group.command("list", cls=Command, help="list_calendars")(list_calendars)
    group.command("show", cls=Command, help="show_calendar")(show_calendar)
    group.command("china", cls=Command, help="china")(add_chinese_calendar)
    group.command("check", cls=Command, help="check_calendar")(check_calendar)
    return group


def list_calendars(ctx: typer.Context, lang: Lang = None, as_json: AsJson = False) -> None:
    terminal = terminal_of(ctx, as_json)
    found = asyncio.run(terminal.with_platform(lambda api: api.all(NamedCalendar, "/v1/calendars")))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(calendars_table(found, terminal.language))


def show_calendar(ctx: typer.Context, calendar: CALENDAR, lang: Lang = None, as_json: AsJson = False) -> None:
    terminal = terminal_of(ctx, as_json)
    found = asyncio.run(terminal.with_platform(lambda api: calendar_called(api, calendar)))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(calendar_page(found, terminal.language))


def add_chinese_calendar(
    ctx: typer.Context,
    from_year: Annotated[int, typer.Option("--from-year", min=YEAR, metavar="YEAR", help="option_from_year")],
    to_year: Annotated[int, typer.Option("--to-year", min=YEAR, metavar="YEAR", help="option_to_year")],
    code: Annotated[str | None, typer.Option(help="option_code")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    body = {"from_year": from_year, "to_year": to_year} | ({"code": code} if code else {})
    added = asyncio.run(terminal.with_platform(lambda api: api.post(NamedCalendar, "/v1/calendars:china", **body)))
    if terminal.as_json:
        terminal.tell_json(added)
        return
    terminal.tell(Text(terminal.say("calendar_added", name=added.name(terminal.language)), style="bold green"))
    terminal.tell(calendar_page(added, terminal.language))


def check_calendar(
    ctx: typer.Context,
    calendar: CALENDAR,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="option_check_at")],
    amount: Annotated[int | None, typer.Option(min=1, metavar="N", help="option_amount")] = None,
    unit: Annotated[str, typer.Option(metavar=metavar(UNITS), help="option_unit")] = "working_seconds",
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    one_of("--unit", unit, UNITS)

    async def work(api: Aftercare) -> tuple[NamedCalendar, Preview]:
        found = await calendar_called(api, calendar)
        body = {"at": moment_in("--at", at, zone_named(found.data.zone)), "amount": amount, "unit": unit}
        return found, await api.post(Preview, f"/v1/calendars/{found.id}/preview", **body)

    found, preview = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(preview)
    else:
        terminal.tell(preview_page(found, preview, terminal.language))
