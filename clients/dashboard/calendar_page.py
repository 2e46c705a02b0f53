"""One named calendar: a year of it, the agreements that count on it, and its corrections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.addresses import calendar_path, contract_path
from clients.dashboard.asking import Ask, Move
from clients.dashboard.contracts_reading import KnownCalendar
from clients.dashboard.corrections import DaysCorrection, WholeCorrection
from clients.dashboard.elements import Tag
from clients.dashboard.forms import Moves
from clients.dashboard.reader import Reader
from clients.dashboard.sending import send
from clients.dashboard.versions import hours_of
from clients.dashboard.year_view import draw_year, is_beyond
from clients.models import Me, NamedCalendar
from shared.permissions import Permission


class CalendarPage:
    """Who may write contracts corrects it."""

    def __init__(
        self,
        api: Aftercare,
        me: Me,
        reader: Reader,
        known: KnownCalendar,
        year: int,
        on_ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._api, self._reader, self._known, self._on_ended = api, reader, known, on_ended
        Tag("a", reader.say("all_calendars"), "back", href="/calendars")
        with Tag("header", "", "head"):
            Tag("h1", known.calendar.name(reader.language), "head__title")
            Tag("p", hours_of(known.calendar.data, reader), "head__customer")
        self._years(year)
        with Tag("section", "", "card"):
            draw_year(known.calendar, year, reader)
        self._used_by()
        if Permission.CONTRACTS_WRITE in me.permissions:
            self._extension()
            DaysCorrection(api, reader, known, on_ended)
            WholeCorrection(api, reader, known, on_ended)

    def _years(self, shown: int) -> None:
        """The years it follows holidays of, and those around the one shown; what is not certain of them is marked."""
        reader, calendar = self._reader, self._known.calendar
        followed = range(calendar.first_year or shown, (calendar.last_year or shown) + 1)
        with Tag("nav", "", "years", aria_label=reader.say("year")):
            for year in sorted({shown - 1, shown, shown + 1, *followed, *calendar.provisional_years}):
                place = {"aria_current": "page"} if year == shown else {}
                text, look = _year(calendar, year, reader)
                Tag("a", text, look, href=calendar_path(calendar.id, year), **place)

    def _used_by(self) -> None:
        reader = self._reader
        with Tag("section", "", "card"):
            with Tag("h2", reader.say("used_by"), "card__title"):
                Tag("span", str(len(self._known.used_by) or ""), "card__count")
            if not self._known.used_by:
                Tag("p", reader.say("used_by_none"), "card__empty")
            for contract, agreement in self._known.used_by:
                version = reader.say("version", number=agreement.revision)
                with Tag("p"):
                    Tag("a", f"{contract.number} · {version}", "link", href=contract_path(contract.id))

    def _extension(self) -> None:
        """A calendar that follows China's public holidays can follow those of further years."""
        reader, calendar = self._reader, self._known.calendar
        if calendar.last_year is None:
            return
        moves = Moves(reader, self._api, Tag("div", "", "home"), self._make)
        asks = (Ask("to_year", "number", initial=str(calendar.last_year)), Ask("reason"))
        with Tag("section", "", "card"):
            Tag("h2", reader.say("follows_china"), "card__title")
            years = reader.say("follows_years", first=calendar.first_year, last=calendar.last_year)
            Tag("p", years, "dialog__hint")
            with Tag("div", "", "item__buttons"):
                moves.button(Move("extend_calendar", f"/v1/calendars/{calendar.id}/extend", asks))

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        refused = await send(self._api, move, told, self._reader, self._on_ended)
        if refused is None:
            ui.navigate.reload()
        return refused


def _year(calendar: NamedCalendar, year: int, reader: Reader) -> tuple[str, str]:
    """What the way to a year says, and its classes."""
    if is_beyond(calendar, year):
        return reader.say("year_beyond", year=year), "pill pill--beyond"
    if year in calendar.provisional_years:
        return reader.say("year_provisional", year=year), "pill pill--provisional"
    return str(year), "pill"
