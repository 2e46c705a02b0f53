"""The life of a clock as a bar: what counted, what did not and why, where the budget ends, where now is. Pure.

Places and widths are in percent of the time between the clock's start and its last moment in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from clients.models import AccountedClock, Interval

Kind = Literal["counted", "late", "paused", "over", "closed", "ahead"]
KINDS: tuple[Kind, ...] = ("counted", "late", "paused", "over", "closed", "ahead")
OUTSIDE_HOURS = "outside_hours"
OVER = frozenset({"resolved", "closed", "cancelled", "merged", "stopped"})
"""Reasons of time in which the incident was over, until it was taken up again: nobody paused it."""
NARROWEST_PERCENT = 0.12
"""What is narrower cannot be seen, and joins what is before it: years of working days stay a few hundred pieces."""


@dataclass(frozen=True)
class Piece:
    kind: Kind
    left: float
    width: float
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Bar:
    """`due` and `now` are places; the sums are in seconds and say in words what the pieces show.

    Without a due time the clock stands still, and no end of that is planned.
    """

    pieces: tuple[Piece, ...]
    due: float | None
    now: float | None
    counted_seconds: int
    late_seconds: int
    paused_seconds: float
    over_seconds: float
    closed_seconds: float

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What there is to be explained in a legend."""
        present = {piece.kind for piece in self.pieces}
        return tuple(kind for kind in KINDS if kind in present)


def bar_of(clock: AccountedClock) -> Bar:
    """The bar of a clock as it was read; one that is still open ends at its due time, or now where that is later."""
    stretches = list(_stretches(clock))
    read_at = stretches[-1][2] if stretches else clock.started_at
    is_open = clock.stopped_at is None
    due_at = clock.due_at
    end = max(read_at, due_at or read_at, clock.started_at + timedelta(seconds=1))
    if is_open and due_at and read_at < due_at:
        stretches.append(("ahead", read_at, due_at))
    scale = _Scale(clock.started_at, end)
    late = max(0, clock.counted_seconds - clock.target_seconds)
    return Bar(
        pieces=_joined(scale.piece(*stretch) for stretch in stretches),
        due=scale.place(due_at) if due_at else None,
        now=scale.place(read_at) if is_open else None,
        counted_seconds=clock.counted_seconds,
        late_seconds=late,
        paused_seconds=_sum(clock, "paused"),
        over_seconds=_sum(clock, "over"),
        closed_seconds=_sum(clock, "closed"),
    )


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime

    def place(self, at: datetime) -> float:
        percent = 100 * ((at - self.start) / (self.end - self.start))
        return round(min(100.0, max(0.0, percent)), 3)

    def piece(self, kind: Kind, from_at: datetime, until_at: datetime) -> Piece:
        left = self.place(from_at)
        return Piece(kind, left, round(self.place(until_at) - left, 3), from_at, until_at)


def _kind(interval: Interval) -> Kind:
    if interval.counts:
        return "counted"
    if interval.reason == OUTSIDE_HOURS:
        return "closed"
    return "over" if interval.reason in OVER else "paused"


def _sum(clock: AccountedClock, kind: Kind) -> float:
    return sum(each.seconds for each in clock.account if _kind(each) == kind)


def _stretches(clock: AccountedClock) -> Iterator[tuple[Kind, datetime, datetime]]:
    """The account, cut where the budget is used up: what counts after that is late."""
    left: float = clock.target_seconds
    for interval in clock.account:
        kind = _kind(interval)
        if kind != "counted" or interval.seconds <= left:
            yield kind, interval.from_at, interval.until_at
        else:
            used_up = interval.from_at + timedelta(seconds=left)
            if left > 0:
                yield "counted", interval.from_at, used_up
            yield "late", used_up, interval.until_at
        left -= min(left, interval.seconds) if kind == "counted" else 0


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one kind are one piece, and what is too narrow is part of what is before it."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and (piece.kind == joined[-1].kind or piece.width < NARROWEST_PERCENT):
            last = joined[-1]
            joined[-1] = replace(last, width=round(piece.left + piece.width - last.left, 3), until_at=piece.until_at)
        else:
            joined.append(piece)
    return tuple(joined)
