"""States of an engagement. Pure. `arrived` is on site, or connected when the party works remotely."""

from __future__ import annotations

from shared.moves import Moves

MOVES: Moves = {
    ("contacted", "accept"): "accepted",
    ("accepted", "arrive"): "arrived",
    ("arrived", "complete"): "done",
}
