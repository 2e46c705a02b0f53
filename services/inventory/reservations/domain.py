"""The states of a reservation, and by when its part comes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.moves import Moves

MOVES: Moves = {
    ("reserved", "issue"): "issued",
    ("reserved", "release"): "released",
    ("reserved", "expire"): "expired",
    ("issued", "use"): "used",
}
"""The state a move leads to; each move is also a booking of the ledger."""


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
