"""States of a parts call-up. Pure. A late answer is still an answer; what was reserved may be lost again."""

from __future__ import annotations

from shared.moves import Moves

CALLED_UP = "called_up"
MOVES: Moves = {
    (CALLED_UP, "reserve"): "reserved",
    (CALLED_UP, "refuse"): "refused",
    ("reserved", "expire"): "expired",
    ("reserved", "release"): "released",
}
