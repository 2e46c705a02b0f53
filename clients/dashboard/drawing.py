"""What the sections of an incident's page are drawn with. A section without content is not there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from clients.dashboard.asking import Move
from clients.dashboard.elements import Tag
from clients.dashboard.forms import Moves
from clients.dashboard.reader import Reader
from clients.dashboard.records import Record
from clients.models import Me

T = TypeVar("T")


class Drawing(ABC):
    """Draws a part of one record for one person; `begin` says of which record."""

    def __init__(self, reader: Reader, me: Me, moves: Moves) -> None:
        self._reader, self._me, self._moves = reader, me, moves

    @abstractmethod
    def draw(self, record: Record) -> None:
        """Draw, or draw anew, what the record has of it."""

    def _begin(self, record: Record) -> None:
        self._record = record
        self._names = record.names(self._reader.language)

    def _who(self, actor: str | None, known_as: str = "") -> str:
        """The name behind an actor such as person:ID, in the reader's language where that is known.

        `known_as` is the name that was written down, in whatever language.
        """
        if actor is None:
            return known_as
        try:
            person = UUID(actor.removeprefix("person:"))
        except ValueError:
            return known_as or self._reader.say("the_platform")
        return self._names.get(person, known_as or self._reader.say("someone"))

    def _section(self, title: str, things: Sequence[T] | None, draw: Callable[[T], None]) -> None:
        if not things:
            return
        with Tag("section", "", f"card section section--{title}"):
            self._title(title, len(things))
            for thing in things:
                with Tag("div", "", "item"):
                    draw(thing)

    def _title(self, title: str, count: int) -> None:
        with Tag("h2", self._reader.say(title), "card__title"):
            Tag("span", str(count) if count else "", "card__count")

    def _item(self, title: str, state: str) -> None:
        with Tag("div", "", "item__head"):
            Tag("span", title, "item__title")
            Tag("span", self._reader.word(state), f"state state--{state}")

    def _notes(self, *notes: str) -> None:
        with Tag("p", "", "item__notes"):
            for note in filter(None, notes):
                Tag("span", note, "item__note")

    def _when(self, key: str, at: datetime | None) -> str:
        return self._reader.say(key, time=self._reader.short(at)) if at else ""

    def _buttons(self, moves: Sequence[Move]) -> None:
        if moves:
            with Tag("div", "", "item__buttons"):
                for move in moves:
                    self._moves.button(move, self._record.incident)
