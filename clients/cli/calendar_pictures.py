"""Calendars and what they say of a time, as a terminal shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.sentences import Sentence
from clients.cli.words import say
from clients.language import listed
from clients.models import NamedCalendar, Preview
from clients.models.agreements import Windows
from shared.zones import zone_named


def calendars_table(calendars: Iterable[NamedCalendar], language: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for key in ("calendar", "code", "zone", "years", "provisional_years"):
        table.add_column(say(key, language))
    for calendar in calendars:
        table.add_row(
            Sentence(calendar.name(language)),
            Text(calendar.code or ""),
            Text(calendar.data.zone),
            _years(calendar),
            listed(map(str, calendar.provisional_years), language),
        )
    return table


def calendar_page(calendar: NamedCalendar, language: str) -> RenderableType:
    """The week, then the dates that differ from it."""
    heading = Text.assemble((calendar.name(language), "bold"), "  ", calendar.data.zone, "  ", _years(calendar))
    parts: list[RenderableType] = [heading, _week(calendar, language)]
    if calendar.data.exceptions:
        parts += [Text(say("other_days", language), style="bold"), _exceptions(calendar, language)]
    if calendar.provisional_years:
        parts.append(_provisional(calendar.provisional_years, language))
    return Group(*parts)


def preview_page(calendar: NamedCalendar, preview: Preview, language: str) -> RenderableType:
    """Whether it is open then, when it opens next, when an amount is over, and the open times that follow."""
    zone = zone_named(calendar.data.zone)

    def time(at: datetime) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    key = "is_open" if preview.is_open else "is_closed"
    parts: list[RenderableType] = [
        Text(say(key, language, at=time(preview.at), name=calendar.name(language)), style="bold")
    ]
    if not preview.is_open:
        parts.append(Text(say("opens_next", language, at=time(preview.next_opening))))
    if preview.due_at is not None:
        parts.append(Text(say("amount_over", language, at=time(preview.due_at)), style="green"))
    table = Table.grid(padding=(0, 2, 0, 0))
    for interval in preview.intervals:
        start, end = interval.starts_at.astimezone(zone), interval.ends_at.astimezone(zone)
        table.add_row(f"{start:%Y-%m-%d} {_weekday(start.date(), language)}", f"{start:%H:%M} – {end:%H:%M}")
    if preview.intervals:
        parts += [Text(), table]
    parts.append(Text(say("times_in", language, zone=calendar.data.zone), style="dim"))
    if preview.provisional_years:
        parts.append(_provisional(preview.provisional_years, language))
    return Group(*parts)


def _week(calendar: NamedCalendar, language: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for index, windows in enumerate(calendar.data.week):
        table.add_row(Text(say(f"weekday_{index}", language), style="dim"), _windows(windows, language))
    return table


def _exceptions(calendar: NamedCalendar, language: str) -> Table:
    """One line per kind of day and year: the dates with the same open times."""
    days: dict[tuple[str, Windows], list[str]] = defaultdict(list)
    for day, windows in sorted(calendar.data.exceptions.items()):
        days[day[:4], windows].append(day[5:])
    table = Table.grid(padding=(0, 2, 0, 0))
    for (year, windows), dates in days.items():
        table.add_row(Text(year, style="cyan"), _windows(windows, language), Sentence(" ".join(dates)))
    return table


def _windows(windows: Windows, language: str) -> Text:
    if not windows:
        return Text(say("closed_day", language), style="dim")
    return Text(" ".join(f"{start}–{end}" for start, end in windows))


def _years(calendar: NamedCalendar) -> str:
    return f"{calendar.first_year}–{calendar.last_year}" if calendar.first_year else ""


def _weekday(day: date, language: str) -> str:
    return say(f"weekday_{day.weekday()}", language)


def _provisional(years: Iterable[int], language: str) -> Sentence:
    return Sentence(say("provisional", language, years=listed(map(str, years), language)), style="yellow")
