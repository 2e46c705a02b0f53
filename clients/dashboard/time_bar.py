"""A clock's row on an incident's page: the seconds left, the bar of its life, and the way to its explanation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from clients.dashboard.bars import KINDS, Bar, bar_of
from clients.dashboard.clock import ClockElement
from clients.dashboard.elements import Part, Tag
from clients.dashboard.reader import Reader
from clients.models import AccountedClock, Clock

Explain = Callable[[Clock], Awaitable[None]]


@dataclass(frozen=True)
class Told:
    """A clock, and its account where that is read."""

    clock: Clock
    accounted: AccountedClock | None


class ClockRow:
    """One promise. The bar is drawn anew with each account, the seconds count by themselves."""

    def __init__(self, told: Told, reader: Reader, explain: Explain) -> None:
        self._reader = reader
        self.element = Tag("div", "", "promise")
        with self.element:
            self._clock = ClockElement(told.clock, reader)
            self._bar = Part(Tag("div", "", "promise__bar"), self._draw)
            button = Tag("button", reader.say("explain"), "link promise__explain", type="button")

            async def ask() -> None:
                await explain(told.clock)

            button.on("click", ask)
        self._bar.show(told.accounted)

    def show(self, told: Told) -> None:
        self._clock.show(told.clock)
        self._bar.show(told.accounted)

    def _draw(self, accounted: AccountedClock | None) -> None:
        if accounted is None or not accounted.account:
            return
        bar = bar_of(accounted)
        with Tag("div", "", "bar-of-time", role="img", aria_label=in_words(bar, accounted, self._reader)):
            for piece in bar.pieces:
                span = f"{self._reader.short(piece.from_at)} – {self._reader.short(piece.until_at)}"
                title = f"{self._reader.say(f'bar_{piece.kind}')}: {span}"
                part = Tag("i", "", f"bar-of-time__piece bar-of-time__piece--{piece.kind}", title=title)
                part.style(f"left:{piece.left}%;width:{piece.width}%")
            for mark, place in {"due": bar.due, "now": bar.now}.items():
                if place is not None:
                    look, title = f"bar-of-time__{mark}", self._reader.say(f"bar_{mark}")
                    Tag("i", "", look, title=title).style(f"left:min({place}%,calc(100% - 2px))")
        Tag("p", in_words(bar, accounted, self._reader), "promise__words")


def in_words(bar: Bar, clock: AccountedClock, reader: Reader) -> str:
    """What the bar shows, for who cannot see it and for who wants the sums; below a second there is none."""
    sums = {
        "bar_counted": bar.counted_seconds,
        "bar_late": bar.late_seconds,
        "bar_paused": bar.paused_seconds,
        "bar_over": bar.over_seconds,
        "bar_closed": bar.closed_seconds,
    }
    target = reader.say("bar_target", time=reader.duration(clock.target_seconds))
    return " · ".join([target, *(f"{reader.say(key)} {reader.duration(sums[key])}" for key in sums if sums[key] >= 1)])


def draw_legend(reader: Reader) -> Tag:
    with Tag("p", "", "legend", aria_hidden="true") as legend:
        for kind in (*KINDS, "due", "now"):
            with Tag("span", "", "legend__item"):
                Tag("i", "", f"legend__mark legend__mark--{kind}")
                Tag("span", reader.say(f"bar_{kind}"))
    return legend
