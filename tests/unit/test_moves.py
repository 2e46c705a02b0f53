"""Every table of moves: what it allows, what it refuses and with which answer, and its states in the database."""

from __future__ import annotations

import pytest

from services.contracts.agreements import domain as agreements
from services.escalation.activations import domain as activations
from services.escalation.alarms import domain as alarms
from services.escalation.emergencies import domain as emergencies
from services.escalation.engagements import domain as engagements
from services.escalation.part_call_ups import domain as part_call_ups
from services.escalation.plans import domain as plans
from services.feedback.surveys import domain as surveys
from services.incidents.problems import domain as problems
from services.incidents.visits import domain as visits
from services.inventory.reservations import domain as reservations
from services.notify.deliveries import domain as deliveries
from services.notify.messages import domain as messages
from shared.errors import IllegalMove
from shared.moves import Moves, in_states, moved, states_of

FEATURES = (
    *(activations, alarms, emergencies, engagements, part_call_ups, plans),
    *(surveys, reservations, deliveries, messages),
    *(agreements, problems, visits),
)
TABLES = pytest.mark.parametrize(
    "moves",
    [feature.MOVES for feature in FEATURES] + [activations.STEP_MOVES, problems.WITH_INCIDENT],
    ids=[feature.__name__ for feature in FEATURES] + ["steps", "analyses with their incident"],
)


@TABLES
def test_a_move_that_is_not_in_the_table_is_refused_with_those_that_are(moves: Moves) -> None:
    for state in states_of(moves):
        possible = sorted(move for before, move in moves if before == state)
        for move in {move for _, move in moves}:
            if move in possible:
                assert moved(moves, state, move) == moves[state, move]
                continue
            with pytest.raises(IllegalMove) as refused:
                moved(moves, state, move)
            assert refused.value.members == {"state": state, "move": move, "allowed": possible}


@TABLES
def test_the_check_constraint_has_all_states_of_the_table(moves: Moves) -> None:
    named = {part for part in in_states(moves, "unmoved").split("'") if part.isidentifier()}
    assert named == {before for before, _ in moves} | set(moves.values()) | {"unmoved"}


def test_a_survey_that_is_recorded_only_never_moves() -> None:
    with pytest.raises(IllegalMove):
        moved(surveys.MOVES, surveys.NOT_SENT, "answer")
