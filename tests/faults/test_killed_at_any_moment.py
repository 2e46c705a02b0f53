"""The main job while everything is killed once: the shorter form of `make faults`, always with the same seed."""

from __future__ import annotations

import pytest
from rich.console import Console

from tests.faults.kills import VICTIMS, planned
from tests.faults.outcome import entries_in, show
from tests.faults.run import run

SEED = 7
SIDE_BY_SIDE = 6


def test_a_plan_kills_everybody_once_a_round_and_is_the_same_for_the_same_seed() -> None:
    plan = planned(SEED, 2)
    assert plan == planned(SEED, 2)
    assert plan != planned(SEED + 1, 2)
    for each_round in (plan[: len(VICTIMS)], plan[len(VICTIMS) :]):
        assert sorted(kill.what for kill in each_round) == sorted(VICTIMS)


def test_entries_that_ran_together_in_the_log_are_told_apart_and_a_cut_one_is_left_out() -> None:
    assert list(entries_in('{"event": "a"}{"event": "b"}{"eve')) == [{"event": "a"}, {"event": "b"}]
    assert list(entries_in("Traceback")) == []


@pytest.mark.rabbit
async def test_everybody_is_killed_once_and_no_promise_is_broken() -> None:
    console = Console(highlight=False, soft_wrap=True)
    outcome = await run(planned(SEED, 1), SIDE_BY_SIDE, console)
    show(outcome, console)
    assert outcome.broken == []
    assert outcome.jobs >= SIDE_BY_SIDE
    assert len(outcome.kills) == len(VICTIMS)
