"""What the file says of each promise beside what the agreement says: counted by the value of a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clients.cli.importing.histories import Verdict
from clients.cli.importing.mapping import BROKEN, KEPT, Judged

OURS: Mapping[str, str] = {"met": KEPT, "breached": BROKEN}
"""What is still open, cancelled or was never promised is no verdict of ours."""
EXAMPLES = 5


class Cell(NamedTuple):
    """What the file says and what we say, each kept or broken."""

    said: str
    ours: str


CELLS = (Cell(KEPT, KEPT), Cell(BROKEN, BROKEN), Cell(KEPT, BROKEN), Cell(BROKEN, KEPT))


@dataclass
class Compared:
    """Incidents with the same value in the column they are told apart by; `aside`: with no verdict on either side."""

    cells: Counter[Cell] = field(default_factory=Counter)
    aside: int = 0

    @property
    def judged(self) -> int:
        return self.cells.total()

    def said(self, verdict: str) -> int:
        return sum(count for cell, count in self.cells.items() if cell.said == verdict)

    def ours(self, verdict: str) -> int:
        return sum(count for cell, count in self.cells.items() if cell.ours == verdict)

    @property
    def agreement(self) -> float | None:
        """The share of both saying the same; None where nothing is compared."""
        same = sum(count for cell, count in self.cells.items() if cell.said == cell.ours)
        return same / self.judged if self.judged else None

    def __add__(self, other: Compared) -> Compared:
        return Compared(self.cells + other.cells, self.aside + other.aside)


@dataclass
class Comparison:
    """Grows with each answer. The first numbers of each cell are kept to be looked up."""

    judged: Judged
    rows: dict[str, Compared] = field(default_factory=dict)
    examples: dict[Cell, list[str]] = field(default_factory=lambda: {cell: [] for cell in CELLS})

    def add(self, number: str, verdict: Verdict, clocks: Mapping[str, str]) -> None:
        row = self.rows.setdefault(verdict.of, Compared())
        ours = OURS.get(clocks.get(self.judged.promise, ""))
        if verdict.said is None or ours is None:
            row.aside += 1
            return
        cell = Cell(verdict.said, ours)
        row.cells[cell] += 1
        if len(self.examples[cell]) < EXAMPLES:
            self.examples[cell].append(number)

    @property
    def total(self) -> Compared:
        return sum(self.rows.values(), Compared())

    def to_data(self) -> dict[str, Any]:
        return {
            "promise": self.judged.promise,
            "column": self.judged.column,
            "by": self.judged.by,
            "rows": {value: _row_data(row) for value, row in sorted(self.rows.items())},
            "total": _row_data(self.total),
            "examples": {_name(cell): numbers for cell, numbers in self.examples.items()},
        }


def _row_data(row: Compared) -> dict[str, Any]:
    cells = {_name(cell): row.cells[cell] for cell in CELLS}
    return {"compared": row.judged, "not_compared": row.aside, "agreement": row.agreement, "cells": cells}


def _name(cell: Cell) -> str:
    return f"said_{cell.said}_ours_{cell.ours}"
