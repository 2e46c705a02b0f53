"""States and moves of a visit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import IllegalMove


class State(StrEnum):
    PLANNED = "planned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    DONE = "done"


MOVES: Mapping[tuple[State, str], State] = {
    (State.PLANNED, "depart"): State.EN_ROUTE,
    (State.EN_ROUTE, "arrive"): State.ARRIVED,
    (State.ARRIVED, "complete"): State.DONE,
}


def moved(state: str, move: str) -> State:
    """The state after a move. Raises IllegalMove, which names the moves there are."""
    after = MOVES.get((State(state), move))
    if after is None:
        raise IllegalMove(state=state, move=move, allowed=moves_from(state))
    return after


def moves_from(state: str) -> list[str]:
    return [move for source, move in MOVES if source == state]
