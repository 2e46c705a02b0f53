"""The live list of incidents: a table on a wide screen, cards on a narrow one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import incident_path, list_path
from clients.dashboard.clock import ClockElement, is_broken, most_urgent
from clients.dashboard.elements import Rows, Tag
from clients.dashboard.frame import Frame
from clients.dashboard.moves import SEVERITIES, STATES
from clients.dashboard.reader import Reader
from clients.dashboard.reading import Filters, newest
from clients.dashboard.records import Incident
from clients.models import Clock

REFRESH_SECONDS = 2.0
STEP = 50
CLOCKS_SHOWN = 3


class IncidentRow:
    """One incident in the list; a link to its page."""

    def __init__(self, incident: Incident, reader: Reader, is_new: bool) -> None:
        self._reader = reader
        self.element = Tag("a", "", "row row--new" if is_new else "row", href=incident_path(incident.number))
        with self.element:
            Tag("span", incident.number, "row__number")
            with Tag("span", "", "row__what"):
                self._title = Tag("span", "", "row__title")
                self._customer = Tag("span", "", "row__customer")
            self._severity = Tag("span", "", "chip")
            self._state = Tag("span", "", "state")
            self._cover = Tag("span", "", "cover")
            with Tag("span", "", "row__clocks"):
                self._clocks = Rows[Clock](
                    Tag("span", "", "row__open"), lambda clock: (clock.kind, clock.started_at), self._clock
                )
                self._further = Tag("span", "", "row__further")
        self.show(incident)

    def _clock(self, clock: Clock) -> ClockElement:
        return ClockElement(clock, self._reader)

    def show(self, incident: Incident) -> None:
        reader = self._reader
        self._title.show(incident.title)
        self._customer.show(incident.customer(reader.language))
        self._severity.show(reader.word(incident.severity), f"chip chip--{incident.severity}")
        self._state.show(reader.word(incident.state), f"state state--{incident.state}")
        self._cover.show(*cover(incident, reader))
        urgent = most_urgent(incident.clocks)
        self._clocks.show(urgent[:CLOCKS_SHOWN])
        self._further.show(*self._rest(incident, len(urgent)))

    def _rest(self, incident: Incident, still_open: int) -> tuple[str, str]:
        """What is to be said beside the clocks shown, or instead of them."""
        reader, broken = self._reader, sum(map(is_broken, incident.clocks))
        if still_open > CLOCKS_SHOWN:
            return reader.say("further", count=still_open - CLOCKS_SHOWN), "row__further"
        if still_open:
            return "", "row__further"
        if not incident.clocks:
            return reader.say("no_promise"), "row__further"
        if broken:
            return reader.say("broken", count=broken), "row__further row__further--broken"
        return reader.say("all_kept"), "row__further row__further--kept"


def cover(incident: Incident, reader: Reader) -> tuple[str, str]:
    """Whether a contract covers it, as text and classes."""
    if incident.covered:
        return reader.say("covered_by"), "cover cover--yes"
    return reader.word("not_covered"), "cover cover--no"


class ListPage:
    """Follows the platform every two seconds; filters are kept in the address."""

    def __init__(self, api: Aftercare, frame: Frame, filters: Filters, on_ended: Callable[[], Awaitable[None]]) -> None:
        self._api, self._frame, self._reader = api, frame, frame.reader
        self._filters, self._most, self._on_ended = filters, STEP, on_ended
        self._is_first = True
        with Tag("div", "", "list__head"):
            Tag("h1", self._reader.say("incidents"), "list__title")
            self._live = Tag("span", self._reader.say("live"), "live", role="status")
        with Tag("div", "", "filters"):
            self._pills("filter_severity", SEVERITIES, filters.severity, self._filter_severity)
            self._pills("filter_state", STATES, filters.state, self._filter_state)
        with Tag("div", "", "list"):
            self._head()
            self._rows = Rows[Incident](Tag("div", "", "list__rows"), lambda one: one.id, self._row)
            self._empty = Tag("p", "", "list__empty")
        self._more = Tag("button", self._reader.say("more"), "button list__more", type="button")
        self._more.on("click", self._show_more)

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
        nothing = "no_incidents" if self._filters == Filters() else "no_match"
        self._empty.show("" if incidents else self._reader.say(nothing))

    def _tell_connected(self, is_connected: bool) -> None:
        self._frame.show_trouble(not is_connected)
        said = self._reader.say("live" if is_connected else "paused_updates")
        self._live.show(said, "live" if is_connected else "live live--off")

    def _row(self, incident: Incident) -> IncidentRow:
        return IncidentRow(incident, self._reader, is_new=not self._is_first)

    def _head(self) -> None:
        with Tag("div", "", "row row--head", aria_hidden="true"):
            for key in ("number", "incident", "severity", "state", "cover", "clocks"):
                Tag("span", self._reader.say(key))

    def _pills(
        self, name: str, values: tuple[str, ...], chosen: str | None, choose: Callable[[str | None], Awaitable[None]]
    ) -> None:
        with Tag("div", "", "pills", role="group", aria_label=self._reader.say(name)):
            Tag("span", self._reader.say(name), "pills__name")
            pills: dict[str | None, Element] = {}
            for value in (None, *values):
                text = self._reader.word(value) if value else self._reader.say("all")
                pills[value] = Tag("button", text, "pill", type="button", aria_pressed=_pressed(value == chosen))

            def chooser(value: str | None) -> Callable[[], Awaitable[None]]:
                async def press() -> None:
                    for other, pill in pills.items():
                        pill.props["aria-pressed"] = _pressed(other == value)
                    await choose(value)

                return press

            for value, pill in pills.items():
                pill.on("click", chooser(value))

    async def _filter_state(self, state: str | None) -> None:
        await self._narrow(replace(self._filters, state=state))

    async def _filter_severity(self, severity: str | None) -> None:
        await self._narrow(replace(self._filters, severity=severity))

    async def _narrow(self, filters: Filters) -> None:
        self._filters, self._most, self._is_first = filters, STEP, True
        ui.navigate.history.replace(list_path(filters.state, filters.severity))
        await self.refresh()

    async def _show_more(self) -> None:
        self._most += STEP
        self._is_first = True
        await self.refresh()


def _pressed(is_pressed: bool) -> str:
    return "true" if is_pressed else "false"
