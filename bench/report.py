"""Goals and results, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """Percentiles of a sample, in the sample's unit."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, sample: Sequence[float]) -> Measured:
        ordered = sorted(sample)
        return cls(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1])


@dataclass(frozen=True)
class Goal:
    """One figure with its goal. `at_least`: the figure is to reach it; otherwise it is not to exceed it."""

    question: str
    result: float
    goal: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.result >= self.goal if self.at_least else self.result <= self.goal


def show(goals: Sequence[Goal]) -> None:
    table = Table("question", "goal", "result", "")
    for goal in goals:
        sign = "≥" if goal.at_least else "≤"
        verdict = "[green]reached[/]" if goal.reached else "[red]missed[/]"
        table.add_row(goal.question, f"{sign} {goal.goal:g} {goal.unit}", f"{goal.result:.3g} {goal.unit}", verdict)
    Console().print(table)
