"""States and moves of a visit. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared.moves import Moves


class State(StrEnum):
    PLANNED = "planned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    DONE = "done"


MOVES: Moves = {
    (State.PLANNED, "depart"): State.EN_ROUTE,
    (State.EN_ROUTE, "arrive"): State.ARRIVED,
    (State.ARRIVED, "complete"): State.DONE,
}
