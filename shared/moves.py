"""What is done with a table of moves. Each feature states its own table in its `domain.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared.errors import IllegalMove

Moves = Mapping[tuple[str, str], str]
"""(state, move) -> the state after it."""


def moved(moves: Moves, state: str, move: str, *, by_itself: Collection[str] = ()) -> str:
    """The state after `move`. Raises IllegalMove, naming the moves there are, when the table has it not.

    Moves that happen `by_itself` are nobody's to make, and are not named.
    """
    after = moves.get((state, move))
    if after is None:
        raise IllegalMove(
            state=state, move=move, allowed=[each for each in moves_from(moves, state) if each not in by_itself]
        )
    return after


def moves_from(moves: Moves, state: str) -> list[str]:
    return sorted(move for before, move in moves if before == state)


def states_of(moves: Moves) -> tuple[str, ...]:
    """Each state of the table once, in its order."""
    return tuple(dict.fromkeys(state for (before, _), after in moves.items() for state in (before, after)))


def in_states(moves: Moves, *unmoved: str) -> str:
    """The condition of the CHECK constraint on a column `state` that moves by this table; some may stand still."""
    return "state IN ({})".format(", ".join(f"'{state}'" for state in (*states_of(moves), *unmoved)))
