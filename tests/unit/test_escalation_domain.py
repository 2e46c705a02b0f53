"""The rules of escalation: moves, the order of a plan's steps, whom what concerns, when a decision is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.escalation.activations import domain as activations
from services.escalation.alarms import domain as alarms
from services.escalation.copies import domain as copies
from services.escalation.emergencies import domain as emergencies
from services.escalation.plans import domain as plans
from services.escalation.plans.domain import Timed
from services.escalation.settings import Settings
from shared.errors import IllegalMove
from shared.events.words import WORDS
from shared.moves import moved

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def test_every_reason_of_an_alarm_has_its_term() -> None:
    assert {reason.value for reason in alarms.Reason} <= set(WORDS)


@pytest.mark.parametrize("move", ["authorise", "refuse", "withdraw", "start_step", "complete_step", "complete"])
@pytest.mark.parametrize("state", ["refused", "withdrawn", "completed"])
def test_nothing_moves_an_activation_that_has_ended(state: str, move: str) -> None:
    with pytest.raises(IllegalMove):
        moved(activations.MOVES, state, move)


@pytest.mark.parametrize(
    ("severity", "quickly_solvable", "expected"),
    [
        ("general", None, False),
        ("general", True, False),
        ("general", False, True),
        ("consultation", None, False),
        ("major", None, True),
        ("major", True, True),
        ("disaster", None, True),
    ],
)
def test_an_emergency_is_what_is_severe_or_cannot_be_solved_quickly(
    severity: str, quickly_solvable: bool | None, expected: bool
) -> None:
    assert emergencies.is_emergency(severity, quickly_solvable=quickly_solvable) is expected


@pytest.mark.parametrize(
    ("severity", "key_businesses", "expected"),
    [
        ("disaster", [], True),
        ("disaster", [ONE], True),
        ("major", [], False),
        ("major", [ONE], True),
        ("general", [ONE], False),
    ],
)
def test_the_superior_authority_hears_of_disasters_and_of_key_businesses_hit(
    severity: str, key_businesses: list[UUID], expected: bool
) -> None:
    assert emergencies.concerns_superior(severity, key_businesses) is expected


@pytest.mark.parametrize(("severity", "minutes"), [("major", 30), ("general", 30), ("disaster", 15)])
def test_the_leading_group_has_half_an_hour_to_answer_and_half_of_that_in_a_disaster(
    severity: str, minutes: int
) -> None:
    assert activations.answer_window(severity, Settings()) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("authorised_by", "quorum", "expected"),
    [
        ([], 1, False),
        ([ONE], 1, True),
        ([ONE], 2, False),
        ([ONE, ONE], 2, False),
        ([ONE, TWO], 2, True),
        ([ONE, THREE], 2, False),
    ],
)
def test_a_quorum_counts_each_present_leader_once(authorised_by: list[UUID], quorum: int, expected: bool) -> None:
    assert activations.has_quorum(authorised_by, [ONE, TWO], quorum) is expected


def test_who_requested_does_not_decide_and_others_may() -> None:
    activations.require_other_than_requester(ONE, TWO)
    with pytest.raises(activations.RequesterCannotDecide):
        activations.require_other_than_requester(ONE, ONE)


def test_only_those_in_the_leading_group_lead() -> None:
    copies.require_leader([ONE], ONE)
    with pytest.raises(copies.NotOfLeadingGroup):
        copies.require_leader([ONE], TWO)
    with pytest.raises(copies.NotOfLeadingGroup):
        copies.require_leader([], ONE)


@pytest.mark.parametrize(
    ("after", "states", "waits_for"),
    [
        ([], {}, []),
        ([1], {1: "completed"}, []),
        ([1], {1: "started"}, [1]),
        ([1, 2], {1: "completed", 2: "pending"}, [2]),
        ([2, 1], {1: "pending", 2: "started"}, [1, 2]),
    ],
)
def test_a_step_waits_until_all_its_forerunners_are_done(
    after: list[int], states: dict[int, str], waits_for: list[int]
) -> None:
    if not waits_for:
        activations.require_ready(3, after, states)
        return
    with pytest.raises(activations.StepNotReady) as refused:
        activations.require_ready(3, after, states)
    assert refused.value.members == {"position": 3, "waits_for": waits_for}


@pytest.mark.parametrize(
    ("position", "after", "expected"),
    [(1, None, ()), (2, None, (1,)), (2, [], ()), (3, [2, 1], (1, 2)), (3, [1, 1], (1,))],
)
def test_a_step_waits_for_the_one_before_unless_it_says_otherwise(
    position: int, after: list[int] | None, expected: tuple[int, ...]
) -> None:
    assert plans.waits_for(position, after) == expected


@pytest.mark.parametrize(("position", "other"), [(1, 1), (1, 0), (2, 2), (2, 3), (3, -1)])
def test_a_step_cannot_wait_for_itself_or_a_later_one(position: int, other: int) -> None:
    with pytest.raises(plans.StepOrderInvalid):
        plans.waits_for(position, [other])


def test_steps_side_by_side_end_apart_and_a_step_after_both_ends_after_the_longer() -> None:
    steps = [Timed(1, 10, ()), Timed(2, 25, ()), Timed(3, 5, (1, 2)), Timed(4, 60, (1,))]
    assert plans.ends(steps) == {1: 10, 2: 25, 3: 30, 4: 70}


@st.composite
def ordered_steps(draw: Any) -> list[Timed]:
    steps = []
    for position in range(1, draw(st.integers(1, 8)) + 1):
        after = draw(st.none() | st.lists(st.integers(1, position - 1), max_size=4)) if position > 1 else None
        steps.append(Timed(position, draw(st.integers(1, 500)), plans.waits_for(position, after)))
    return steps


@given(ordered_steps())
def test_no_step_is_due_before_those_it_waits_for_and_its_own_time(steps: list[Timed]) -> None:
    due = plans.ends(steps)
    assert set(due) == {step.position for step in steps}
    for step in steps:
        assert due[step.position] >= step.minutes
        assert all(due[step.position] - due[other] >= step.minutes for other in step.after)
    assert max(due.values()) <= sum(step.minutes for step in steps)


@pytest.mark.parametrize(
    ("acting", "took_part", "share"),
    [([ONE, TWO], [ONE], 0.5), ([ONE, ONE], [ONE, THREE], 1.0), ([ONE], [TWO], 0.0), ([], [ONE], None)],
)
def test_the_composition_of_a_drill_is_the_share_of_the_acting_that_took_part(
    acting: list[UUID], took_part: list[UUID], share: float | None
) -> None:
    assert plans.composition(acting, took_part) == share


@pytest.mark.parametrize("passed", [None, False])
def test_without_a_passed_drill_there_is_no_approval(passed: bool | None) -> None:
    with pytest.raises(plans.DrillNotPassed):
        plans.require_passed(passed)
    plans.require_passed(True)


@pytest.mark.parametrize("reason", list(alarms.Reason))
def test_only_an_unanswered_request_goes_beyond_the_team(reason: alarms.Reason) -> None:
    people = alarms.concerned(reason, team=[ONE], leaders=[TWO], superiors=[THREE])
    everybody = reason is alarms.Reason.ACTIVATION_UNANSWERED
    assert people == ((ONE, TWO, THREE) if everybody else (ONE,))
