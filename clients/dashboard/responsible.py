"""The engineers whom a contract names, in the order in which to call; who may write contracts changes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.asking import Ask, Move
from clients.dashboard.contracts_reading import KnownContract
from clients.dashboard.customer_records import Contract
from clients.dashboard.elements import Tag
from clients.dashboard.forms import Moves
from clients.dashboard.reader import Reader
from clients.dashboard.sending import send


class ResponsibleEngineers:
    """A card of the contract's page."""

    def __init__(
        self,
        api: Aftercare,
        reader: Reader,
        known: KnownContract,
        on_ended: Callable[[], Awaitable[None]],
        *,
        may_write: bool,
    ) -> None:
        self._api, self._reader, self._known, self._on_ended = api, reader, known, on_ended
        self._may_write = may_write
        self._moves = Moves(reader, api, Tag("div", "", "home"), self._make)
        named = known.contract.engineer_ids
        with Tag("section", "", "card section--engineers"):
            with Tag("h2", reader.say("responsible_engineers"), "card__title"):
                Tag("span", str(len(named) or ""), "card__count")
            if not named:
                Tag("p", reader.say("nobody_responsible"), "card__empty")
            for engineer_id in named:
                self._engineer(engineer_id)
            self._naming()

    def _engineer(self, engineer_id: UUID) -> None:
        reader = self._reader
        found = next((one for one in self._known.engineers if one.id == engineer_id), None)
        name = found.name(reader.language) if found else reader.say("someone")
        with Tag("div", "", "item"):
            Tag("span", name, "item__title")
            with Tag("p", "", "item__notes"):
                for note in filter(None, (found.phone, found.email) if found else ()):
                    Tag("span", note, "item__note")
                if found and not found.active:
                    Tag("span", reader.word("retired"), "state state--retired")
            if self._may_write:
                with Tag("div", "", "item__buttons"):
                    for move in order_moves(self._known.contract, engineer_id, name):
                        self._moves.button(move)

    def _naming(self) -> None:
        contract, language = self._known.contract, self._reader.language
        if not self._may_write:
            return
        others = [one for one in self._known.engineers if one.active and one.id not in contract.engineer_ids]
        ask = Ask("engineer_id", "choice", options=[(str(one.id), one.name(language)) for one in others])
        with Tag("div", "", "item__buttons section__add"):
            self._moves.button(_move(contract, "name_engineer", asks=(ask,)))

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        """The platform is told the whole list; who is newly named comes last."""
        named = self._known.contract.engineer_ids
        whole = {"engineer_ids": (*named, told["engineer_id"])} if told else {}
        refused = await send(self._api, move, whole, self._reader, self._on_ended)
        if refused is None:
            ui.navigate.reload()
        return refused


def order_moves(contract: Contract, engineer_id: UUID, name: str) -> list[Move]:
    """Call them before all others, or not any more."""
    others = tuple(each for each in contract.engineer_ids if each != engineer_id)
    is_first = contract.engineer_ids[0] == engineer_id
    first = [] if is_first else [_move(contract, "call_first", name, engineer_ids=(engineer_id, *others))]
    return [*first, _move(contract, "name_no_more", name, is_refusal=True, engineer_ids=others)]


def _move(
    contract: Contract,
    name: str,
    about: str = "",
    asks: tuple[Ask, ...] = (),
    *,
    is_refusal: bool = False,
    **says: tuple[UUID, ...],
) -> Move:
    return Move(
        name,
        f"/v1/contracts/{contract.id}",
        asks,
        tuple(says.items()),
        asks_first=is_refusal,
        is_refusal=is_refusal,
        about=about,
        method="PATCH",
        version=contract.version,
    )
