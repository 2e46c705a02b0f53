"""The pauses of an incident: why its time stood still, what shows it, and what the customer says about it."""

from __future__ import annotations

from clients.dashboard.asking import Ask, Move
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Tag
from clients.dashboard.records import Record
from clients.models import Pause
from shared.permissions import Permission


class Pauses(Drawing):
    def draw(self, record: Record) -> None:
        self._begin(record)
        self._section("pauses", record.details.pauses, self._pause)

    def _pause(self, pause: Pause) -> None:
        reader = self._reader
        state = "struck" if pause.struck_at else "paused" if self._is_on(pause) else "ended"
        self._item(reader.word(pause.reason), state)
        until = reader.short(pause.until_at) if pause.until_at else reader.say("still")
        self._notes(
            f"{reader.short(pause.from_at)} – {until}",
            self._when("planned_until", pause.planned_until_at) if self._is_on(pause) else "",
            self._who(pause.author),
        )
        if pause.evidence:
            Tag("p", reader.say("evidence", text=pause.evidence), "item__text")
        if pause.dispute:
            Tag("p", reader.say("disputed", text=pause.dispute), "item__decision item__decision--refuse")
        if pause.settlement:
            verdict = reader.word("struck" if pause.struck_at else "upheld")
            Tag("p", reader.say("settled", verdict=verdict, text=pause.settlement), "item__decision")
        self._buttons(pause_moves(pause, self._me.permissions, is_customers=self._me.customer_id is not None))

    @staticmethod
    def _is_on(pause: Pause) -> bool:
        return pause.until_at is None


def pause_moves(pause: Pause, permissions: tuple[str, ...], *, is_customers: bool) -> tuple[Move, ...]:
    """The customer disputes a pause once; who may settle does so once."""
    at = f"/v1/pauses/{pause.id}"
    if pause.evidence is None or pause.settled_at:
        return ()
    if is_customers and pause.disputed_at is None and Permission.INCIDENTS_CONFIRM in permissions:
        return (Move("dispute", f"{at}/dispute", (Ask("dispute", "text"),), is_refusal=True),)
    if pause.disputed_at and Permission.PAUSES_SETTLE in permissions:
        settle = (Ask("settlement", "text"),)
        return (
            Move("uphold_pause", f"{at}/settle", settle, says=(("is_upheld", True),)),
            Move("strike_pause", f"{at}/settle", settle, says=(("is_upheld", False),), is_refusal=True),
        )
    return ()
