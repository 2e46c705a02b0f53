"""States of a plan version, the order of its steps, and what a drill proves. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.errors import Conflict, Unprocessable
from shared.moves import Moves

MOVES: Moves = {
    ("draft", "start_drill"): "in_drill",
    ("in_drill", "evaluate_drill"): "drilled",
    ("drilled", "start_drill"): "in_drill",
    ("drilled", "approve"): "approved",
    ("approved", "put_in_force"): "in_force",
    ("in_force", "supersede"): "superseded",
    ("draft", "retire"): "retired",
    ("drilled", "retire"): "retired",
    ("approved", "retire"): "retired",
    ("in_force", "retire"): "retired",
}


class DrillNotPassed(Conflict):
    code = "drill_not_passed"
    en = "The last drill of this very version was not evaluated as passed."
    zh = "该版本预案尚未通过演练评估。"


class StepOrderInvalid(Unprocessable):
    code = "step_order_invalid"
    en = "Step {position} cannot wait for step {after}: only steps before it can be waited for."
    zh = "第 {position} 步不能等待第 {after} 步：只能等待排在它之前的步骤。"


@dataclass(frozen=True)
class Timed:
    """What the order of a plan's steps is computed from. Positions count from 1."""

    position: int
    minutes: int
    after: tuple[int, ...]


def waits_for(position: int, after: Sequence[int] | None) -> tuple[int, ...]:
    """The steps that must be done before this one: by default the one before it, none when `after` is empty.

    Raises StepOrderInvalid for a step that does not come before, so that no two steps wait for each other.
    """
    if after is None:
        return (position - 1,) if position > 1 else ()
    for other in after:
        if not 1 <= other < position:
            raise StepOrderInvalid(position=position, after=other)
    return tuple(sorted(set(after)))


def ends(steps: Sequence[Timed]) -> dict[int, int]:
    """Minutes from the start of the plan by which each step, by position, is due: its own after those it waits for."""
    due: dict[int, int] = {}
    for step in sorted(steps, key=lambda step: step.position):
        due[step.position] = step.minutes + max((due[other] for other in step.after), default=0)
    return due


def composition(acting: Collection[UUID], took_part: Collection[UUID]) -> float | None:
    """The share (0 to 1) of the people who act in the plan that took part in its drill; None if it names nobody."""
    owners = set(acting)
    return len(owners & set(took_part)) / len(owners) if owners else None


def require_passed(passed: bool | None) -> None:
    """`passed`: the outcome of the version's last evaluated drill, None without one. Raises DrillNotPassed."""
    if not passed:
        raise DrillNotPassed()
