"""Which open clocks a proposed agreement or calendar would move, before anybody signs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.api import Aftercare
from clients.dashboard.addresses import incident_path
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.models import AddedClock, Agreement, Foreseen, MovedClock

MOST_SHOWN = 200


@dataclass(frozen=True)
class Outlook:
    """Of the clocks examined those that would move, and those that would begin; `more`: others follow."""

    examined: int
    moved: tuple[MovedClock, ...]
    added: tuple[AddedClock, ...]
    more: bool


def proposed_terms(terms: Mapping[str, Any], agreement: Agreement) -> dict[str, Any]:
    """Of the terms of a draft those that a look can weigh against an agreement: its targets, and a cap that differs."""
    proposed: dict[str, Any] = {"targets": terms["targets"] or None}
    if terms["pause_cap_seconds"] != agreement.pause_cap_seconds:
        proposed["pause_cap_seconds"] = terms["pause_cap_seconds"]
    return proposed


async def foreseen(api: Aftercare, agreement: Agreement, *, replaces: bool = False, **proposed: Any) -> Outlook:
    """What would come of what is proposed; what is left out stays. Asks for so many as are shown.

    Raises Problem, Unreachable.
    """
    examined, moved, added, after = 0, list[MovedClock](), list[AddedClock](), None
    while True:
        asked = {"agreement_id": agreement.id, "replaces": replaces, "after": after}
        answer = await api.post(Foreseen, "/v1/clocks/what-if", **asked, **proposed)
        examined, after = examined + answer.examined, answer.next
        moved, added = [*moved, *answer.moved], [*added, *answer.added]
        if after is None or max(len(moved), len(added)) >= MOST_SHOWN:
            return _cut(examined, moved, added, more=after is not None)


def _cut(examined: int, moved: list[MovedClock], added: list[AddedClock], *, more: bool) -> Outlook:
    more = more or max(len(moved), len(added)) > MOST_SHOWN
    return Outlook(examined, tuple(moved[:MOST_SHOWN]), tuple(added[:MOST_SHOWN]), more=more)


def draw_foreseen(found: Outlook, reader: Reader) -> None:
    key = "foreseen_more" if found.more else "foreseen"
    Tag("p", reader.say(key, moved=len(found.moved), examined=found.examined), "foreseen__sum", role="status")
    if found.added:
        Tag("p", reader.say("foreseen_added", added=len(found.added)), "foreseen__sum")
    if found.moved or found.added:
        _table(found, reader)


def _table(found: Outlook, reader: Reader) -> None:
    with Tag("div", "", "table-box"), Tag("table", "", "table"):
        with Tag("thead"), Tag("tr"):
            for name in ("incident", "clock", "due_now", "due_then", "moves_by"):
                Tag("th", reader.say(name), scope="col")
        with Tag("tbody"):
            for clock in found.moved:
                _moved(clock, reader)
            for beginning in found.added:
                _added(beginning, reader)


def _which(clock: MovedClock | AddedClock, reader: Reader) -> None:
    with Tag("td"):
        Tag("a", clock.number, href=incident_path(clock.number))
    Tag("td", reader.word(clock.kind))


def _added(clock: AddedClock, reader: Reader) -> None:
    with Tag("tr"):
        _which(clock, reader)
        Tag("td", reader.say("not_promised_yet"))
        Tag("td", _stands(clock.due_at, clock.state, reader), "is-changed")
        Tag("td", reader.say("begins"))


def _moved(clock: MovedClock, reader: Reader) -> None:
    with Tag("tr"):
        _which(clock, reader)
        Tag("td", _stands(clock.due_at, clock.state, reader))
        if clock.new_state is None:
            Tag("td", reader.say("not_promised"), "is-changed")
        else:
            Tag("td", _stands(clock.new_due_at, clock.new_state, reader), "is-changed")
        Tag("td", _moves_by(clock, reader))


def _stands(due_at: datetime | None, state: str, reader: Reader) -> str:
    return f"{reader.moment(due_at)} · {reader.word(state)}" if due_at else reader.word(state)


def _moves_by(clock: MovedClock, reader: Reader) -> str:
    if clock.due_at is None or clock.new_due_at is None:
        return "—"
    seconds = (clock.new_due_at - clock.due_at).total_seconds()
    return f"{'+' if seconds >= 0 else '−'}{reader.duration(abs(seconds))}"
