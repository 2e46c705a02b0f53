"""The live list of incidents, its filters and saved views."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.asking import Move
from clients.dashboard.elements import Rows, Tag
from clients.dashboard.filter_bar import FilterBar
from clients.dashboard.filters import Filters
from clients.dashboard.finding import findable
from clients.dashboard.forms import Moves
from clients.dashboard.frame import Frame
from clients.dashboard.reading import newest
from clients.dashboard.records import Incident
from clients.dashboard.rows import IncidentRow
from clients.dashboard.sending import send
from clients.models import Me

REFRESH_SECONDS = 2.0
STEP = 50
COLUMNS = ("number", "incident", "severity", "priority", "state", "cover", "clocks")


class ListPage:
    """Follows the platform every two seconds; filters are kept in the address."""

    def __init__(
        self, api: Aftercare, me: Me, frame: Frame, filters: Filters, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._me, self._frame, self._reader = api, me, frame, frame.reader
        self._filters, self._most, self._on_ended = filters, STEP, on_ended
        self._is_first = True
        with Tag("div", "", "list__head"):
            Tag("h1", self._reader.say("incidents"), "list__title")
            self._live = Tag("span", self._reader.say("live"), "live", role="status")
            links = Tag("div", "", "list__links")
        moves = Moves(self._reader, api, Tag("div", "", "home"), self._make)
        self._bar = FilterBar(self._reader, me, moves, filters, self._narrow, links)
        with Tag("div", "", "list"):
            self._head()
            self._rows = Rows[Incident](Tag("div", "", "list__rows"), lambda one: one.id, self._row)
            self._empty = Tag("p", "", "list__empty")
        self._more = Tag("button", self._reader.say("more"), "button list__more", type="button")
        self._more.on("click", self._show_more)

    async def show_first(self) -> None:
        """Draw all of it for the first time."""
        found, _ = await asyncio.gather(findable(self._api, self._me, self._reader.language), self.refresh())
        self._bar.show(found)

    def follow(self) -> None:
        """Read on for as long as the page is open."""
        ui.timer(REFRESH_SECONDS, self.refresh)

    async def refresh(self) -> None:
        asked = (self._filters, self._most)
        try:
            incidents, there_are_more = await newest(self._api, *asked)
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
                return
            self._tell_connected(False)
        except Unreachable:
            self._tell_connected(False)
        else:
            self._tell_connected(True)
            if asked == (self._filters, self._most):
                self._show(incidents, there_are_more)

    def _show(self, incidents: list[Incident], there_are_more: bool) -> None:
        self._rows.show(incidents)
        self._is_first = False
        self._more.set_visibility(there_are_more)
        nothing = "no_match" if self._filters.is_narrow else "no_incidents"
        self._empty.show("" if incidents else self._reader.say(nothing))

    def _tell_connected(self, is_connected: bool) -> None:
        self._frame.show_trouble(not is_connected)
        said = self._reader.say("live" if is_connected else "paused_updates")
        self._live.show(said, "live" if is_connected else "live live--off")

    def _row(self, incident: Incident) -> IncidentRow:
        return IncidentRow(incident, self._reader, is_new=not self._is_first)

    def _head(self) -> None:
        with Tag("div", "", "listed listed--head", aria_hidden="true"):
            for key in COLUMNS:
                Tag("span", self._reader.say(key))

    async def _narrow(self, filters: Filters) -> None:
        self._filters, self._most, self._is_first = filters, STEP, True
        ui.navigate.history.replace(filters.path)
        await self.refresh()

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        refused = await send(self._api, move, told, self._reader, self._on_ended)
        if refused is None:
            self._bar.show(await findable(self._api, self._me, self._reader.language))
        return refused

    async def _show_more(self) -> None:
        self._most += STEP
        self._is_first = True
        await self.refresh()
