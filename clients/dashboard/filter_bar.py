"""The form above the list: what narrows it, its order, saved views, and the way to a file of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import events
from nicegui.element import Element

from clients.dashboard.asking import Ask, Choices, Move
from clients.dashboard.elements import Part, Tag
from clients.dashboard.filters import CHOICES, STATES, Filters
from clients.dashboard.finding import Findable
from clients.dashboard.forms import Moves, option
from clients.dashboard.reader import Reader
from clients.models import Me, SavedView

EMIT_FORM = "(event) => emit(Object.fromEntries(new FormData(event.currentTarget)))"
STATE = "state_"


class FilterBar:
    """Tells `narrow` each change of the form."""

    def __init__(
        self,
        reader: Reader,
        me: Me,
        moves: Moves,
        filters: Filters,
        narrow: Callable[[Filters], Awaitable[None]],
        links: Element,
    ) -> None:
        """`links`: where the ways to a file and to a saved view of the list go."""
        self._reader, self._me, self._moves, self._filters = reader, me, moves, filters
        self._narrow = narrow
        self._views = Part(Tag("div", "", "views"), self._draw_views)
        self._form = Tag("form", "", "filters", role="search")
        self._form.on("change", self._change, js_handler=EMIT_FORM)
        self._form.on("submit.prevent", self._change, js_handler=EMIT_FORM)
        self._links = Part(links, self._draw_links)

    def show(self, found: Findable) -> None:
        self._found = found
        self._views.show(found.views)
        self._form.clear()
        with self._form:
            self._draw_form(found)
        self._links.show(self._filters)

    def _draw_form(self, found: Findable) -> None:
        reader, filters = self._reader, self._filters
        with Tag("div", "", "filters__line"):
            self._search(reader.say("search"))
            self._check("due", "soon", reader.say("due_soon"), is_on=bool(filters.due))
            self._check("breached", "true", reader.say("only_breached"), is_on=filters.breached == "true")
            self._select("order", [(value, reader.say(f"order_{value}")) for value in CHOICES["order"]], None)
        with Tag("div", "", "pills", role="group", aria_label=reader.say("state")):
            for state in STATES:
                self._check(STATE + state, "on", reader.word(state), is_on=state in filters.state)
        with Tag("details", "", "filters__more", **self._opened()):
            Tag("summary", reader.say("filters"), "filters__summary")
            with Tag("div", "", "filters__selects"):
                for name in ("severity", "priority", "fault_class"):
                    self._select(name, self._words(name), reader.say("all"))
                self._of_staff(found)

    def _search(self, label: str) -> None:
        attributes = {"placeholder": label, "aria_label": label, "maxlength": "200", "^value": self._filters.q}
        Tag("input", "", "field__control filters__q", type="search", name="q", **attributes)

    def _of_staff(self, found: Findable) -> None:
        if self._me.customer_id:
            return
        every = self._reader.say("all")
        self._select("team", self._words("team"), every)
        self._select("customer_id", found.customers, every)
        self._select("engineer_id", found.engineers, every)
        if found.tags:
            self._select("tag", found.tags, every)

    def _words(self, name: str) -> Choices:
        return [(value, self._reader.word(value)) for value in CHOICES[name]]

    def _opened(self) -> dict[str, Any]:
        """Whether the further filters are in use, and so in sight."""
        names = ("severity", "priority", "fault_class", "team", "customer_id", "engineer_id", "tag")
        return {"open": True} if any(getattr(self._filters, name) for name in names) else {}

    def _check(self, name: str, value: str, label: str, *, is_on: bool) -> None:
        with Tag("label", "", "pill"):
            checked = {"checked": True} if is_on else {}
            Tag("input", "", "pill__box", type="checkbox", name=name, value=value, **checked)
            Tag("span", label)

    def _select(self, name: str, choices: Choices, every: str | None) -> None:
        chosen = getattr(self._filters, name)
        with Tag("label", "", "filter"):
            Tag("span", self._reader.say(f"filter_{name}"), "filter__name")
            with Tag("select", "", "field__control", name=name):
                for value, label in ([("", every)] if every else []) + list(choices):
                    option(value, label, is_chosen=value == chosen)

    def _draw_views(self, views: tuple[SavedView, ...]) -> None:
        reader = self._reader
        if views:
            Tag("span", reader.say("views"), "views__name")
        for view in views:
            name = reader.say("view_shared", name=view.name) if view.shared else view.name
            Tag("a", name, "view", href=Filters.of(view.filters).path)

    def _draw_links(self, filters: Filters) -> None:
        reader = self._reader
        if filters != Filters():
            Tag("a", reader.say("clear_filters"), "link", href="/")
        if filters.is_narrow and self._me.customer_id is None:
            asks = (Ask("name"), Ask("shared", "check", required=False))
            save = Move("save_view", "/v1/views", asks, says=(("filters", filters.saved),))
            self._moves.button(save)
        for view in self._found.views:
            if view.owner_id == self._me.id and Filters.of(view.filters).saved == filters.saved:
                delete = Move("delete_view", f"/v1/views/{view.id}", asks_first=True, is_refusal=True, method="DELETE")
                self._moves.button(delete)
        Tag("a", reader.say("export"), "link", href=filters.export_path, download=True)

    async def _change(self, event: events.GenericEventArguments) -> None:
        told: Mapping[str, str] = event.args
        states = ",".join(name.removeprefix(STATE) for name in told if name.startswith(STATE))
        self._filters = Filters.of({**told, "state": states})
        self._links.show(self._filters)
        await self._narrow(self._filters)
