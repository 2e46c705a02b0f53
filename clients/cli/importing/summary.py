"""What an import came to: how many incidents, in which outcomes, and how they count by the columns of the mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from clients.cli.importing.comparing import Comparison
from clients.cli.importing.histories import History
from clients.cli.importing.mapping import Counted
from clients.cli.importing.reading import Broken
from clients.models import HistoryResult

IMPORTED, UNCHANGED, REFUSED, REJECTED = "imported", "unchanged", "refused", "rejected"
OUTCOMES = (IMPORTED, UNCHANGED, REFUSED, REJECTED)
PRESENT = (IMPORTED, UNCHANGED)


@dataclass
class Summary:
    """Grows with each answer. Only what is present at the platform afterwards is counted by its values, and compared
    where so asked. `placed`: it was said where the incidents were."""

    counted: Counted
    placed: bool
    comparison: Comparison | None = None
    incidents: Counter[str] = field(default_factory=Counter)
    updates: Counter[str] = field(default_factory=Counter)
    uncovered: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    broken: Broken | None = None

    def __post_init__(self) -> None:
        for column in (*self.counted.by_value, *self.counted.above_zero):
            self.counts[column] = Counter()

    def add(self, outcome: str, updates: int, counts: Iterable[tuple[str, str]] = ()) -> None:
        self.incidents[outcome] += 1
        self.updates[outcome] += updates
        if outcome in PRESENT:
            for column, value in counts:
                self.counts[column][value] += 1

    def answered(self, history: History, result: HistoryResult) -> None:
        self.add(result.outcome, history.updates, history.counts)
        if result.outcome not in PRESENT:
            return
        self.uncovered += result.covered is False
        if self.comparison is not None and history.verdict is not None:
            self.comparison.add(history.number, history.verdict, result.clocks)

    @property
    def sent(self) -> int:
        return sum(self.incidents[outcome] for outcome in (*PRESENT, REFUSED))

    @property
    def seen(self) -> int:
        """How many incidents of the file have come to an outcome."""
        return self.incidents.total()

    @property
    def is_empty(self) -> bool:
        """Whether the file had no row at all."""
        return not (self.seen or self.updates.total())

    @property
    def clean(self) -> bool:
        """Whether everything in the file is present at the platform."""
        return not (self.incidents[REFUSED] or self.incidents[REJECTED] or self.broken)

    def to_data(self) -> dict[str, Any]:
        return {
            "incidents": {outcome: self.incidents[outcome] for outcome in OUTCOMES},
            "updates": {outcome: self.updates[outcome] for outcome in OUTCOMES},
            "not_covered": self.uncovered,
            "counts": {column: dict(sorted(values.items())) for column, values in self.counts.items()},
            "report": self.comparison.to_data() if self.comparison else None,
            "broken": {"line": self.broken.line, "reason": self.broken.reason} if self.broken else None,
        }
