"""One incident's page: facts, promises, what can be done now, and all that happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from nicegui import ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.agreed_pauses import Pauses
from clients.dashboard.asking import Move, Offer
from clients.dashboard.conversation import Conversation, draw_upload
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Part, Rows, Tag
from clients.dashboard.explanation import Explainer
from clients.dashboard.facts import draw_facts, draw_head
from clients.dashboard.forms import Moves
from clients.dashboard.frame import Frame
from clients.dashboard.incident_moves import main_move
from clients.dashboard.list_page import REFRESH_SECONDS
from clients.dashboard.moves import all_offers
from clients.dashboard.reading import record, record_since, record_with_accounts
from clients.dashboard.records import Incident, Record
from clients.dashboard.relations import Relations
from clients.dashboard.sections import Sections, why_nots
from clients.dashboard.sending import send
from clients.dashboard.time_bar import ClockRow, Told, draw_legend
from clients.dashboard.timeline import Timeline
from clients.dashboard.work import Work
from clients.models import Clock, Entry, Me

D = TypeVar("D", bound=Drawing)
ACCOUNT_SECONDS = 30.0


class IncidentPage:
    """Follows one incident every two seconds; what has not changed is not drawn again."""

    def __init__(
        self,
        api: Aftercare,
        me: Me,
        frame: Frame,
        known: Record,
        on_ended: Callable[[], Awaitable[None]],
        told: str = "",
    ) -> None:
        self._api, self._me, self._frame, self._reader = api, me, frame, frame.reader
        self._known, self._on_ended = known, on_ended
        home = Tag("div", "", "home")
        self._moves = Moves(self._reader, api, home, self._make)
        self._explainer = Explainer(api, self._reader, home)
        Tag("a", self._reader.say("back"), "back", href="/")
        Tag("p", told, "form__problem", role="alert")
        self._head = Part(Tag("header", "", "head"), self._draw_head)
        with Tag("div", "", "columns"):
            with Tag("div", "", "columns__main"):
                self._clocks_part()
                self._talk = Part(Tag("div", "", "sections"), self._drawing(Conversation).draw)
                draw_upload(known.incident, me, self._reader)
                self._timeline = Timeline(self._reader)
            with Tag("aside", "", "columns__side"):
                self._offers = Part(Tag("section", "", "card actions"), self._draw_offers)
                self._facts = Part(Tag("section", "", "card facts"), self._draw_facts)
                parts = (Pauses, Relations, Sections, Work)
                self._parts = [Part(Tag("div", "", "sections"), self._drawing(kind).draw) for kind in parts]
        self._show(known)

    def follow(self) -> None:
        """Read on for as long as the page is open."""
        ui.timer(REFRESH_SECONDS, self.refresh)
        ui.timer(ACCOUNT_SECONDS, self.refresh_accounts)

    async def refresh(self) -> None:
        await self._read(record_since(self._api, self._me, self._known))

    async def refresh_accounts(self) -> None:
        """What counts grows by itself, and with it the bars."""
        await self._read(record_with_accounts(self._api, self._me, self._known))

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
        if refused := await send(self._api, move, told, self._reader, self._on_ended):
            return refused
        await self._read(record(self._api, self._me, self._known.incident.number))
        return None

    def _show(self, known: Record) -> None:
        self._known = known
        incident = known.incident
        self._head.show(_without_clocks(incident))
        self._facts.show(_without_clocks(incident))
        self._clocks.show(_with_accounts(known))
        self._legend.set_visibility(bool(incident.clocks))
        self._promised.set_visibility(not incident.clocks)
        self._offers.show(all_offers(known, self._me, self._reader))
        still = _still(known)
        for part in (self._talk, *self._parts):
            part.show(still)
        self._timeline.show(known.timeline)

    def _clocks_part(self) -> None:
        with Tag("section", "", "card clocks"):
            Tag("h2", self._reader.say("clocks"), "card__title")
            self._clocks = Rows[Told](
                Tag("div", "", "clocks__rows"),
                lambda told: (told.clock.kind, told.clock.about_id, told.clock.started_at),
                lambda told: ClockRow(told, self._reader, self._explain),
            )
            self._legend = draw_legend(self._reader)
            self._promised = Tag("p", self._reader.say("nothing_promised"), "card__empty")

    def _draw_head(self, incident: Incident) -> None:
        draw_head(incident, self._reader)

    def _draw_facts(self, incident: Incident) -> None:
        draw_facts(incident, self._reader)

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

    async def _explain(self, clock: Clock) -> None:
        await self._explainer.open(str(self._known.incident.id), clock)

    def _drawing(self, kind: type[D]) -> D:
        return kind(self._reader, self._me, self._moves)


def _with_accounts(known: Record) -> list[Told]:
    accounts = {(each.kind, each.about_id, each.started_at): each for each in known.details.accounts or ()}
    keyed = ((clock, (clock.kind, clock.about_id, clock.started_at)) for clock in known.incident.clocks)
    return [Told(clock, accounts.get(key)) for clock, key in keyed]


def _still(known: Record) -> Record:
    """The record as far as it changes by what people do: what is drawn of it is not drawn anew each second.

    Of the timeline it has who acted, by their first entries: a button does not go while somebody presses it.
    """
    details = replace(known.details, accounts=None)
    acted: dict[str, Entry] = {}
    for entry in known.timeline:
        acted.setdefault(entry.actor, entry)
    return replace(known, incident=_without_clocks(known.incident), details=details, timeline=tuple(acted.values()))


def _without_clocks(incident: Incident) -> Incident:
    """The incident as far as it changes by what people do, and not by the second."""
    return incident.model_copy(update={"clocks": ()})
