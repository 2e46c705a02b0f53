"""The named calendars, and the ways to another one: China's public holidays, or hours of one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import events, ui

from clients.api import Aftercare
from clients.dashboard.addresses import calendar_path
from clients.dashboard.asking import Ask, Mistyped, Move
from clients.dashboard.calendar_fields import USUAL, draw_hours_fields, draw_line
from clients.dashboard.elements import Tag
from clients.dashboard.forms import EMIT_FORM, INITIAL, Moves
from clients.dashboard.hours import told_days, told_week
from clients.dashboard.reader import Reader
from clients.dashboard.reading import moment_now
from clients.dashboard.sending import refusal, send
from clients.dashboard.versions import hours_of
from clients.models import Me, NamedCalendar, WorkCalendar
from shared.permissions import Permission

YEARS_AHEAD = 2


class CalendarsPage:
    def __init__(
        self,
        api: Aftercare,
        me: Me,
        reader: Reader,
        known: Sequence[NamedCalendar],
        on_ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._api, self._reader, self._on_ended = api, reader, on_ended
        with Tag("div", "", "list__head"):
            Tag("h1", reader.say("calendars"), "list__title")
        self._list(known)
        if Permission.CONTRACTS_WRITE in me.permissions:
            self._ways_to_another()

    def _list(self, known: Sequence[NamedCalendar]) -> None:
        reader = self._reader
        with Tag("div", "", "card list-of-things"):
            if not known:
                Tag("p", reader.say("no_calendars"), "card__empty")
            for calendar in known:
                with Tag("a", "", "thing", href=calendar_path(calendar.id)):
                    Tag("span", calendar.name(reader.language), "thing__name")
                    Tag("span", hours_of(calendar.data, reader), "thing__what")
                    years = reader.joined([str(year) for year in calendar.provisional_years])
                    Tag("span", reader.say("provisional_short", years=years) if years else "", "thing__when")

    def _ways_to_another(self) -> None:
        reader = self._reader
        moves = Moves(reader, self._api, Tag("div", "", "home"), self._make)
        with Tag("section", "", "card"):
            Tag("h2", reader.say("china_calendar"), "card__title")
            Tag("p", reader.say("china_calendar_hint"), "dialog__hint")
            with Tag("div", "", "item__buttons"):
                moves.button(Move("add_china_calendar", "/v1/calendars:china", _china(reader)))
        with Tag("details", "", "card weighed"):
            Tag("summary", reader.say("own_calendar"), "card__title card__opener")
            with Tag("form", "", "form") as form:
                with Tag("div", "", "targets"):
                    draw_line("name_zh", reader, required=True)
                    draw_line("name_en", reader, required=True)
                    draw_line("zone", reader, required=True, **{INITIAL: USUAL.zone})
                draw_hours_fields(USUAL, reader)
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("add_calendar"), "button button--main", type="submit")
            self._problem = Tag("p", "", "form__problem", role="alert")
        form.on("submit.prevent", self._submit, js_handler=EMIT_FORM)

    async def _submit(self, event: events.GenericEventArguments) -> None:
        try:
            refused = await refusal(self._add(event.args), self._reader, self._on_ended)
        except Mistyped as typed:
            refused = self._reader.say(typed.key, text=str(typed))
        self._problem.show(refused or "")

    async def _add(self, told: Mapping[str, str]) -> None:
        data = WorkCalendar(zone=told["zone"].strip(), week=told_week(told), exceptions=told_days(told["days"]))
        names = {name: told[name] for name in ("name_zh", "name_en")}
        added = await self._api.post(NamedCalendar, "/v1/calendars", **names, data=data)
        ui.navigate.to(calendar_path(added.id))

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        refused = await send(self._api, move, told, self._reader, self._on_ended)
        if refused is None:
            ui.navigate.reload()
        return refused


def _china(reader: Reader) -> tuple[Ask, ...]:
    this_year = moment_now().astimezone(reader.zone).year
    return (
        Ask("name_zh", initial="中国办公时间"),
        Ask("name_en", initial="China office hours"),
        Ask("from_year", "number", initial=str(this_year)),
        Ask("to_year", "number", initial=str(this_year + YEARS_AHEAD)),
    )
