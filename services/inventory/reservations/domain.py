"""The states of a reservation, and by when its part comes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import IllegalMove

MOVES: dict[tuple[str, str], str] = {
    ("reserved", "issue"): "issued",
    ("reserved", "release"): "released",
    ("reserved", "expire"): "expired",
    ("issued", "use"): "used",
}
"""The state a move leads to; each move is also a booking of the ledger."""

STATES = tuple(dict.fromkeys(state for (before, _), after in MOVES.items() for state in (before, after)))


def moved(state: str, move: str) -> str:
    """The state after a move. Raises IllegalMove."""
    after = MOVES.get((state, move))
    if after is None:
        raise IllegalMove(state=state, move=move, allowed=[m for s, m in MOVES if s == state])
    return after


@dataclass(frozen=True)
class Terms:
    """How long a part takes from the site's own region and from elsewhere, and how long it is held."""

    near: timedelta
    far: timedelta
    hold: timedelta

    def promised_at(self, now: datetime, *, near: bool) -> datetime:
        """By when the customer is told to have the part."""
        return now + (self.near if near else self.far)

    def expires_at(self, now: datetime) -> datetime:
        return now + self.hold
