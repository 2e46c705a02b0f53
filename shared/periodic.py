"""A number line of integers whose open pieces repeat each period, but for some special periods.

Plain integer arithmetic by bisection, in the same time at any distance. What a position means (a microsecond
of local time, a day) is the business of `shared/week.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

Piece = tuple[int, int]
"""Half-open: from the first position up to the second."""


class Pattern:
    """The disjoint pieces of one period in order, and how much is open before each."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = sorted(pieces)
        self.starts = [start for start, _ in self.pieces]
        self.before: list[int] = []
        self.total = 0
        for start, end in self.pieces:
            self.before.append(self.total)
            self.total += end - start

    def open_before(self, offset: int) -> int:
        at = bisect_right(self.starts, offset) - 1
        if at < 0:
            return 0
        start, end = self.pieces[at]
        return self.before[at] + min(offset, end) - start

    def earliest(self, amount: int) -> int:
        at = bisect_left(self.before, amount) - 1
        return self.starts[at] + amount - self.before[at]

    def latest(self, amount: int) -> int:
        at = bisect_right(self.before, amount) - 1
        return self.starts[at] + amount - self.before[at]


class Line:
    """From position 0. Something must be open in the usual period; special ones may be closed altogether."""

    def __init__(self, period: int, usual: Iterable[Piece], special: Mapping[int, Iterable[Piece]]) -> None:
        self.period = period
        self.usual = Pattern(usual)
        self.special = sorted(special)
        self.patterns = [Pattern(special[index]) for index in self.special]
        self.drift = [0]  # how much more than usual is open before the special period of the same index
        self.opening, self.closing = [], []  # how much is open before and after each special period
        for index, pattern in zip(self.special, self.patterns, strict=True):
            self.opening.append(index * self.usual.total + self.drift[-1])
            self.closing.append(self.opening[-1] + pattern.total)
            self.drift.append(self.drift[-1] + pattern.total - self.usual.total)

    def always_open(self) -> bool:
        return all(pattern.total == self.period for pattern in (self.usual, *self.patterns))

    def open_before(self, position: int) -> int:
        """How much of the line is open before the position."""
        index, offset = divmod(position, self.period)
        at = bisect_left(self.special, index)
        return index * self.usual.total + self.drift[at] + self._pattern(index, at).open_before(offset)

    def earliest(self, amount: int) -> int:
        """The first position before which the amount (over 0) is open: a piece's end, if it ends there."""
        at = bisect_left(self.opening, amount)
        if at and amount <= self.closing[at - 1]:
            offset = self.patterns[at - 1].earliest(amount - self.opening[at - 1])
            return self.special[at - 1] * self.period + offset
        index = (amount - self.drift[at] - 1) // self.usual.total
        return index * self.period + self.usual.earliest(amount - self.drift[at] - index * self.usual.total)

    def latest(self, amount: int) -> int:
        """The last position before which only the amount is open: a piece's start, if one starts there."""
        at = bisect_right(self.opening, amount)
        if at and amount < self.closing[at - 1]:
            offset = self.patterns[at - 1].latest(amount - self.opening[at - 1])
            return self.special[at - 1] * self.period + offset
        index, rest = divmod(amount - self.drift[at], self.usual.total)
        return index * self.period + self.usual.latest(rest)

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """The open pieces between two positions in order, clipped to them; touching ones are not joined."""
        for index in range(start // self.period, -(-end // self.period)):
            origin = index * self.period
            for first, last in self._pattern(index, bisect_left(self.special, index)).pieces:
                piece = max(start, origin + first), min(end, origin + last)
                if piece[0] < piece[1]:
                    yield piece

    def _pattern(self, index: int, at: int) -> Pattern:
        return self.patterns[at] if at < len(self.special) and self.special[at] == index else self.usual
