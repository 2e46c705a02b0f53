"""The comparison of what a file says with what the agreement says, as a terminal shows it."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.importing.comparing import CELLS, Cell, Compared, Comparison
from clients.cli.importing.mapping import BROKEN, KEPT
from clients.cli.sentences import Sentence
from clients.cli.words import WORDS, say
from shared.events.words import word

VERDICTS = (KEPT, BROKEN)


def comparison_page(comparison: Comparison, language: str) -> RenderableType:
    """The verdicts of both sides by value, the cells in which they fall, and a few numbers of each cell."""
    judged = comparison.judged
    heading = say("compared", language, column=judged.column, promise=word(judged.promise, language))
    parts: list[RenderableType] = [
        Text(heading, style="bold"),
        _verdicts(comparison, language),
        _cells(comparison, language),
    ]
    if any(comparison.examples.values()):
        parts += [Text(say("some_of_them", language), style="bold"), _examples(comparison, language)]
    if aside := comparison.total.aside:
        parts.append(Sentence(say("why_not_compared", language, count=aside), style="dim"))
    return Group(*parts)


def _verdicts(comparison: Comparison, language: str) -> Table:
    table = _by_value(comparison, language)
    table.add_column(say("incidents_column", language), justify="right", no_wrap=True)
    for side in ("file_says", "we_say"):
        for verdict in VERDICTS:
            table.add_column(say(side, language, verdict=say(verdict, language)), justify="right")
    table.add_column(say("agreeing", language), justify="right")
    for title, row in _rows(comparison, language):
        counts = (row.judged, *map(row.said, VERDICTS), *map(row.ours, VERDICTS))
        table.add_row(title, *(f"{count:,}" for count in counts), _percent(row))
    return table


def _cells(comparison: Comparison, language: str) -> Table:
    table = _by_value(comparison, language)
    for cell in CELLS:
        table.add_column(_cell(cell, language), justify="right", style="" if cell.said == cell.ours else "yellow")
    table.add_column(say("not_compared", language), justify="right", style="dim")
    for title, row in _rows(comparison, language):
        table.add_row(title, *(f"{row.cells[cell]:,}" for cell in CELLS), f"{row.aside:,}")
    return table


def _examples(comparison: Comparison, language: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("")
    for cell, numbers in comparison.examples.items():
        if numbers:
            table.add_row(_cell(cell, language), Sentence(" ".join(numbers)))
    return table


def _by_value(comparison: Comparison, language: str) -> Table:
    by = comparison.judged.by
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    table.add_column(say(by, language) if by in WORDS else by, no_wrap=True)
    return table


def _rows(comparison: Comparison, language: str) -> list[tuple[Text, Compared]]:
    rows = [(Text(value), row) for value, row in sorted(comparison.rows.items())]
    return [*rows, (Text(say("all_values", language), style="bold"), comparison.total)]


def _cell(cell: Cell, language: str) -> str:
    return say(f"cell_{cell.said}_{cell.ours}", language)


def _percent(row: Compared) -> str:
    return "" if row.agreement is None else f"{row.agreement:.1%}"
