"""How the time of a promise came to be counted, line by line to the second, in a dialog."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.clock import due_of
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.versions import amount_of
from clients.models import Clock, Explanation, Line, Target
from shared.zones import fraction


class Explainer:
    """Opens the explanation of a clock; `home` outlives what was clicked."""

    def __init__(self, api: Aftercare, reader: Reader, home: Element) -> None:
        self._api, self._reader, self._home = api, reader, home

    async def open(self, incident_id: str, clock: Clock) -> None:
        path = f"/v1/incidents/{incident_id}/clocks/{clock.kind}/explanation"
        with self._home:
            try:
                told = await self._api.get(Explanation, path, about_id=clock.about_id)
            except Problem as problem:
                ui.notify(problem.detail, classes="toast toast--bad", position="top")
            except Unreachable:
                ui.notify(self._reader.say("unreachable"), classes="toast toast--bad", position="top")
            else:
                self._draw(told)

    def _draw(self, told: Explanation) -> None:
        reader = self._reader
        with ui.dialog().props("transition-duration=120") as dialog, Tag("div", "", "dialog dialog--wide"):
            Tag("h2", reader.say("explanation_of", clock=reader.word(told.kind)), "dialog__title")
            Tag("p", self._summary(told), "explanation__summary")
            if told.provisional_years:
                years = reader.joined([str(year) for year in told.provisional_years])
                Tag("p", reader.say("provisional", years=years), "provisional")
            with Tag("div", "", "explanation__scroll"):
                self._table(told)
            with Tag("div", "", "form__buttons"):
                Tag("button", reader.say("close"), "button", type="button").on("click", dialog.close)
        dialog.on("hide", dialog.delete)
        dialog.open()

    def _summary(self, told: Explanation) -> str:
        reader = self._reader
        promised = amount_of(Target(severity="", kind=told.kind, amount=told.amount, unit=told.unit), reader)
        counted = f"{reader.say('bar_counted')} {reader.duration(told.counted_seconds)}"
        due = due_of(told, reader, reader.second)
        return " · ".join([reader.say("bar_target", time=promised), counted, due, reader.word(told.state)])

    def _table(self, told: Explanation) -> None:
        reader = self._reader
        with Tag("table", "", "table explanation"):
            with Tag("thead"), Tag("tr"):
                for key in ("explanation_span", "explanation_why"):
                    Tag("th", reader.say(key), scope="col")
                for key in ("explanation_seconds", "explanation_so_far"):
                    Tag("th", reader.say(key), "number", scope="col")
            with Tag("tbody"):
                for line in told.lines:
                    self._line(line)
            with Tag("tfoot"), Tag("tr"):
                Tag("th", reader.say("explanation_sum", zone=reader.zone_name), scope="row", colspan="2")
                total = sum(line.seconds for line in told.lines if line.counts)
                Tag("td", reader.exact(total), "number")
                Tag("td", reader.exact(total), "number")

    def _span(self, line: Line) -> str:
        """In the reader's zone, as all times of the page."""
        from_at, until_at = (
            f"{self._reader.second(at)}{fraction(at.microsecond)}" for at in (line.from_at, line.until_at)
        )
        same_day = from_at[:10] == until_at[:10]
        return f"{from_at} – {until_at[11:] if same_day else until_at}"

    def _line(self, line: Line) -> None:
        reader = self._reader
        with Tag("tr", "", "" if line.counts else "explanation__aside"):
            Tag("td", self._span(line))
            Tag("td", "" if line.counts else reader.word(line.reason))
            Tag("td", reader.exact(line.seconds) if line.counts else "—", "number")
            Tag("td", reader.exact(line.so_far_seconds), "number")
