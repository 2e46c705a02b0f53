"""What a person sees of an import: the bar while it runs, then outcomes, counts and the first of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from clients.cli.importing.comparing_pictures import comparison_page
from clients.cli.importing.reading import Export
from clients.cli.importing.rejections import Rejections
from clients.cli.importing.summary import OUTCOMES, REFUSED, REJECTED, Summary
from clients.cli.sentences import Sentence
from clients.cli.terminal import Terminal
from clients.cli.words import WORDS, say

COLOURS = {REFUSED: "red", REJECTED: "red"}


@contextmanager
def bar(terminal: Terminal, export: Export, summary: Summary, limit: int | None) -> Iterator[Callable[[], None]]:
    """Moves with the bytes of the file that were read, or towards the limit. Nothing is drawn where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[told]}"),
    )
    hidden = terminal.as_json or not terminal.out.is_terminal
    with Progress(*columns, console=terminal.out, transient=True, disable=hidden) as progress:
        task = progress.add_task(export.path.name, total=limit or export.size, told="")

        def advance() -> None:
            told = terminal.say("incidents_so_far", count=summary.sent)
            progress.update(task, completed=summary.seen if limit else export.position, told=told)

        yield advance


def summary_page(summary: Summary, rejections: Rejections, heading: str, language: str) -> RenderableType:
    """Outcomes, then counts, then the first rejections."""
    parts: list[RenderableType] = [Text(heading, style="bold"), _outcomes(summary, language)]
    if summary.sent and any(summary.counts.values()):
        parts += [Text(say("counts_of_present", language), style="bold"), _counts(summary, language)]
    if summary.comparison and summary.sent:
        parts.append(comparison_page(summary.comparison, language))
    if summary.uncovered:
        parts.append(Sentence(say("uncovered", language, count=summary.uncovered), style="yellow"))
        if not summary.placed:
            parts.append(Sentence(say("say_where", language), style="yellow"))
    if rejections.count:
        parts += [Text(say("left_out", language), style="bold"), _rejections(rejections, language)]
    return Group(*parts)


def _outcomes(summary: Summary, language: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column(say("incidents_column", language), justify="right")
    table.add_column(say("updates_column", language), justify="right")
    for outcome in OUTCOMES:
        count = summary.incidents[outcome]
        style = COLOURS.get(outcome, "") if count else "dim"
        row = (say(f"outcome_{outcome}", language), f"{count:,}", f"{summary.updates[outcome]:,}")
        table.add_row(*(Text(cell, style=style) for cell in row))
    return table


def _counts(summary: Summary, language: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column("", style="dim")
    table.add_column("")
    table.add_column("", justify="right")
    for column, values in summary.counts.items():
        title = say(column, language) if column in WORDS else column
        if column in summary.counted.above_zero:
            table.add_row(title, "", f"{values.total():,}")
            continue
        for value, count in sorted(values.items()):
            table.add_row(title, value, f"{count:,}")
            title = ""
    return table


def _rejections(rejections: Rejections, language: str) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    table.add_column(say("line_column", language), justify="right")
    table.add_column(say("number", language), no_wrap=True)
    table.add_column(say("reason_column", language))
    for rejection in rejections.first:
        table.add_row(str(rejection.line), Text(rejection.number), Sentence(rejection.reason(language)))
    if rejections.count == len(rejections.first):
        return table
    more = say("more_left_out", language, count=rejections.count - len(rejections.first))
    return Group(table, Text(more, style="dim"))
