"""Which open clocks a proposed agreement or calendar would move, before anybody signs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clients.api import Aftercare
from clients.dashboard.addresses import incident_path
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.models import Agreement, Foreseen, MovedClock, WorkCalendar

MOST_SHOWN = 200


@dataclass(frozen=True)
class Outlook:
    """The clocks that would move, of all that were examined; `more`: there are others after these."""

    examined: int
    moved: tuple[MovedClock, ...]
    more: bool


async def foreseen(
    api: Aftercare,
    agreement: Agreement,
    *,
    calendar: WorkCalendar | None = None,
    targets: list[dict[str, str | int]] | None = None,
    replaces: bool = False,
) -> Outlook:
    """Asks for so many as are shown. Raises Problem, Unreachable."""
    examined, moved, after = 0, list[MovedClock](), None
    while True:
        proposed: dict[str, Any] = {"agreement_id": agreement.id, "replaces": replaces, "after": after}
        proposed |= {"calendar": calendar, "targets": targets or None}
        answer = await api.post(Foreseen, "/v1/clocks/what-if", **proposed)
        examined, after = examined + answer.examined, answer.next
        moved += answer.moved
        if after is None or len(moved) >= MOST_SHOWN:
            return Outlook(examined, tuple(moved[:MOST_SHOWN]), more=after is not None or len(moved) > MOST_SHOWN)


def draw_foreseen(found: Outlook, reader: Reader) -> None:
    key = "foreseen_more" if found.more else "foreseen"
    Tag("p", reader.say(key, moved=len(found.moved), examined=found.examined), "foreseen__sum", role="status")
    if not found.moved:
        return
    with Tag("div", "", "table-box"), Tag("table", "", "table"):
        with Tag("thead"), Tag("tr"):
            for name in ("incident", "clock", "due_now", "due_then", "moves_by"):
                Tag("th", reader.say(name), scope="col")
        with Tag("tbody"):
            for clock in found.moved:
                _row(clock, reader)


def _row(clock: MovedClock, reader: Reader) -> None:
    with Tag("tr"):
        with Tag("td"):
            Tag("a", clock.number, href=incident_path(clock.number))
        Tag("td", reader.word(clock.kind))
        Tag("td", f"{reader.moment(clock.due_at)} · {reader.word(clock.state)}")
        if clock.new_due_at is None or clock.new_state is None:
            Tag("td", reader.say("not_promised"), "is-changed")
            Tag("td", "—")
        else:
            Tag("td", f"{reader.moment(clock.new_due_at)} · {reader.word(clock.new_state)}", "is-changed")
            seconds = (clock.new_due_at - clock.due_at).total_seconds()
            Tag("td", f"{'+' if seconds >= 0 else '−'}{reader.duration(abs(seconds))}")
