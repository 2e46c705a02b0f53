"""One incident's page: facts, promises, what can be done now, and all that happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from nicegui import ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.clock import ClockElement
from clients.dashboard.elements import Part, Rows, Tag
from clients.dashboard.forms import Moves
from clients.dashboard.frame import Frame
from clients.dashboard.list_page import REFRESH_SECONDS, cover
from clients.dashboard.moves import Move, Offer, all_offers, main_move
from clients.dashboard.reading import record, record_since
from clients.dashboard.records import Incident, Record
from clients.dashboard.sections import Sections, why_nots
from clients.dashboard.timeline import Timeline
from clients.models import Answer, Clock, Me


class IncidentPage:
    """Follows one incident every two seconds; what has not changed is not drawn again."""

    def __init__(
        self, api: Aftercare, me: Me, frame: Frame, known: Record, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._me, self._frame, self._reader = api, me, frame, frame.reader
        self._known, self._on_ended = known, on_ended
        home = Tag("div", "", "home")
        self._moves = Moves(self._reader, api, home, self._make)
        Tag("a", self._reader.say("back"), "back", href="/")
        self._head = Part(Tag("header", "", "head"), self._draw_head)
        with Tag("div", "", "columns"):
            with Tag("div", "", "columns__main"):
                self._clocks_part()
                self._timeline = Timeline(self._reader)
            with Tag("aside", "", "columns__side"):
                self._offers = Part(Tag("section", "", "card actions"), self._draw_offers)
                self._facts = Part(Tag("section", "", "card facts"), self._draw_facts)
                self._sections = Part(Tag("div", "", "sections"), Sections(self._reader, me, self._moves).draw)
        self._show(known)

    def follow(self) -> None:
        """Read on for as long as the page is open."""
        ui.timer(REFRESH_SECONDS, self.refresh)

    async def refresh(self) -> None:
        await self._read(record_since(self._api, self._me, self._known))

    async def _read(self, reading: Awaitable[Record]) -> None:
        try:
            known = await reading
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
                return
            self._frame.show_trouble(True)
        except Unreachable:
            self._frame.show_trouble(True)
        else:
            self._frame.show_trouble(False)
            self._show(known)

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        """Make a move and show what became of it; returns why it was refused."""
        try:
            await self._api.post(Answer, move.path, **told, **dict(move.says))
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
            return problem.detail
        except Unreachable:
            return self._reader.say("unreachable")
        await self._read(record(self._api, self._me, self._known.incident.number))
        return None

    def _show(self, known: Record) -> None:
        self._known = known
        incident = known.incident
        self._head.show(_without_clocks(incident))
        self._facts.show(_without_clocks(incident))
        self._clocks.show(incident.clocks)
        self._promised.set_visibility(not incident.clocks)
        self._offers.show(all_offers(known, self._me, self._reader))
        self._sections.show(replace(known, incident=_without_clocks(incident)))
        self._timeline.show(known.timeline)

    def _clocks_part(self) -> None:
        with Tag("section", "", "card clocks"):
            Tag("h2", self._reader.say("clocks"), "card__title")
            self._clocks = Rows[Clock](
                Tag("div", "", "clocks__rows"),
                lambda clock: (clock.kind, clock.started_at),
                lambda clock: ClockElement(clock, self._reader),
            )
            self._promised = Tag("p", self._reader.say("nothing_promised"), "card__empty")

    def _draw_head(self, incident: Incident) -> None:
        reader = self._reader
        with Tag("div", "", "head__marks"):
            Tag("span", incident.number, "head__number")
            Tag("span", reader.word(incident.severity), f"chip chip--{incident.severity}")
            Tag("span", reader.word(incident.state), f"state state--{incident.state}")
            text, classes = cover(incident, reader)
            Tag("span", text, classes)
        Tag("h1", incident.title, "head__title")
        Tag("p", incident.customer(reader.language), "head__customer")

    def _draw_offers(self, offers: tuple[Offer, ...]) -> None:
        reader = self._reader
        Tag("h2", reader.say("actions"), "card__title")
        possible = [offer.move for offer in offers if offer.why_not is None]
        if not possible:
            Tag("p", reader.say("nothing_possible"), "card__empty")
        with Tag("div", "", "actions__buttons"):
            main = main_move(self._known.incident, possible)
            for move in possible:
                self._moves.button(move, self._known.incident, is_main=move is main)
        if refused := why_nots(offers):
            Tag("h3", reader.say("not_possible"), "actions__sub")
            with Tag("ul", "", "why-nots"):
                for reason, moves in refused:
                    with Tag("li", "", "why-not"):
                        Tag("span", reader.joined([reader.say(move.name) for move in moves]), "why-not__move")
                        Tag("span", reason, "why-not__reason")

    def _draw_facts(self, incident: Incident) -> None:
        reader = self._reader
        language = reader.language
        contact = " · ".join(filter(None, (incident.contact_name, incident.contact_email)))
        facts = {
            "customer": incident.customer(language),
            "site": incident.site(language),
            "asset": incident.asset_name,
            "contract": incident.contract_number or reader.word("not_covered"),
            "contact": contact,
            "channel": reader.word(incident.channel),
            "taken_over": incident.taken_over,
            "reported_at": reader.moment(incident.reported_at),
            "fault_class": reader.word(incident.fault_class) if incident.fault_class else None,
            "engineer": incident.engineer(language),
            "resolved_at": reader.moment(incident.resolved_at) if incident.resolved_at else None,
            "closed_at": reader.moment(incident.closed_at) if incident.closed_at else None,
        }
        Tag("h2", reader.say("facts"), "card__title")
        with Tag("dl", "", "facts__list"):
            for key, value in facts.items():
                if value:
                    Tag("dt", reader.say(key))
                    Tag("dd", value)
        for key in ("description", "analysis", "solution"):
            if text := getattr(incident, key):
                Tag("h3", reader.say(key), "facts__sub")
                Tag("p", text, "facts__text")


def _without_clocks(incident: Incident) -> Incident:
    """The incident as far as it changes by what people do, and not by the second."""
    return incident.model_copy(update={"clocks": ()})
