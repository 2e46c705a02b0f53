"""A form with two buttons: look first what it would change, then perhaps do it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping

from nicegui import events

from clients.api import Aftercare
from clients.dashboard.asking import Mistyped
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.sending import refusal

EMIT = "(event) => emit({...Object.fromEntries(new FormData(event.target)), pressed: event.submitter?.value})"
"""`pressed` tells which of the buttons was used."""


class WeighedForm(ABC):
    """Draws itself closed, under its title; the answer of a look stands below the form."""

    def __init__(
        self, api: Aftercare, reader: Reader, on_ended: Callable[[], Awaitable[None]], title: str, do: str
    ) -> None:
        self._api, self._reader, self._on_ended = api, reader, on_ended
        with Tag("details", "", "card weighed"):
            Tag("summary", reader.say(title), "card__title card__opener")
            Tag("p", reader.say(f"{title}_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                self._draw_fields()
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("what_if"), "button button--main", type="submit", value="look")
                    Tag("button", reader.say(do), "button", type="submit", value="do")
            self._problem = Tag("p", "", "form__problem", role="alert")
            self._answer = Tag("div", "", "foreseen")
        form.on("submit.prevent", self._submit, js_handler=EMIT)

    @abstractmethod
    def _draw_fields(self) -> None: ...

    @abstractmethod
    async def _look(self, told: Mapping[str, str]) -> None:
        """Draw into the answer. Raises Mistyped, Problem, Unreachable."""

    @abstractmethod
    async def _do(self, told: Mapping[str, str]) -> None:
        """Raises Mistyped, Problem, Unreachable."""

    async def _submit(self, event: events.GenericEventArguments) -> None:
        told: Mapping[str, str] = event.args
        self._problem.show("")
        self._answer.clear()
        doing = self._do if told.get("pressed") == "do" else self._look
        try:
            refused = await refusal(doing(told), self._reader, self._on_ended)
        except Mistyped as typed:
            refused = self._reader.say(typed.key, text=str(typed))
        self._problem.show(refused or "")
