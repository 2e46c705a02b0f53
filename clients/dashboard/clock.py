"""An incident's clock on a page. The browser counts the seconds (clock.js); here is told only what it cannot know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui.element import Element

from clients.dashboard.reader import Reader
from clients.models import Clock

OPEN_STATES = frozenset({"running", "breached", "paused"})
TOLERANCE_SECONDS = 1.5


def is_open(clock: Clock) -> bool:
    """Whether it is still to be kept, in time or too late."""
    return clock.stopped_at is None and clock.state in OPEN_STATES


def most_urgent(clocks: tuple[Clock, ...]) -> list[Clock]:
    """The open ones, the least time left first."""
    return sorted(filter(is_open, clocks), key=lambda clock: clock.remaining_seconds)


def is_broken(clock: Clock) -> bool:
    return clock.state == "breached" or clock.remaining_seconds < 0


def due_of(clock: Clock, reader: Reader, time: Callable[[datetime], str]) -> str:
    return reader.say("due", time=time(clock.due_at)) if clock.due_at else reader.say("no_due")


@dataclass(frozen=True)
class Told:
    """What the browser was last told of a clock, and when (seconds of the loop's time)."""

    remaining: float
    counting: bool
    at: float

    def expected(self, at: float) -> float:
        """What the browser shows by now."""
        return self.remaining - (at - self.at) if self.counting else self.remaining


class ClockElement(Element, component="clock.js"):
    """Shows one clock, and follows its readings."""

    def __init__(self, clock: Clock, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self._is_fresh = True  # drawn before the browser was there, so it is told again at the first reading
        self._last = clock.remaining_seconds
        self._told = Told(clock.remaining_seconds, is_open(clock) and _runs_around_the_clock(clock), _seconds())
        self.props["words"] = {
            name: reader.say(f"clock_{name}", time="{time}", days="{days}")
            for name in ("over", "kept", "cancelled", "days")
        }
        self._tell(clock)

    @property
    def element(self) -> Element:
        return self

    def show(self, clock: Clock) -> None:
        """Take on a new reading. In closed hours readings stand still, and so does the browser from then on."""
        now = _seconds()
        counting = is_open(clock) and (clock.remaining_seconds < self._last or _runs_around_the_clock(clock))
        self._last = clock.remaining_seconds
        is_off = abs(self._told.expected(now) - clock.remaining_seconds) > TOLERANCE_SECONDS
        if self._is_fresh or is_off or not is_open(clock):
            self._told, self._is_fresh = Told(clock.remaining_seconds, counting, now), False
        self._tell(clock)

    def _tell(self, clock: Clock) -> None:
        props: dict[str, Any] = {
            "name": self._reader.word(clock.kind),
            "due": due_of(clock, self._reader, self._reader.short),
            "state": clock.state,
            "stopped": clock.stopped_at is not None,
            "counting": self._told.counting,
            "remaining": self._told.remaining,
            "total": clock.target_seconds,
        }
        changed = {name: value for name, value in props.items() if self.props.get(name) != value}
        if changed:
            self.props.update(changed)


def _runs_around_the_clock(clock: Clock) -> bool:
    """Whether its promise is of plain hours; of a working-time one only readings tell when it counts."""
    if clock.due_at is None:
        return False
    return abs((clock.due_at - clock.started_at).total_seconds() - clock.target_seconds) < TOLERANCE_SECONDS


def _seconds() -> float:
    return asyncio.get_running_loop().time()
