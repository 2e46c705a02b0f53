"""States of a parts call-up. Pure. An answer that comes late is still an answer."""

from __future__ import annotations

from services.escalation.moves import Moves

CALLED_UP = "called_up"
MOVES: Moves = {(CALLED_UP, "reserve"): "reserved", (CALLED_UP, "refuse"): "refused"}
