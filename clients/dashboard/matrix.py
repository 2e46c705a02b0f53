"""The priorities of an agreement as a small grid for each version: impact in its rows, urgency in its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clients.dashboard.elements import Tag
from clients.dashboard.filters import LEVELS
from clients.dashboard.reader import Reader

Matrix = Mapping[str, Mapping[str, str]]


def draw_matrices(matrices: Sequence[Matrix | None], reader: Reader) -> None:
    """The row of all versions, each difference from the version before it marked; a version may have none."""
    with Tag("tr"):
        Tag("th", reader.say("matrix_axes"), scope="row")
        for before, matrix in zip((None, *matrices), matrices, strict=False):
            with Tag("td"):
                if matrix:
                    _draw_matrix(matrix, before or matrix, reader)
                else:
                    Tag("span", "—")


def _draw_matrix(matrix: Matrix, before: Matrix, reader: Reader) -> None:
    with Tag("table", "", "priorities"):
        with Tag("thead"), Tag("tr"):
            Tag("td", "")
            for urgency in LEVELS:
                spoken = reader.say("urgency_is", urgency=reader.word(urgency))
                Tag("th", reader.word(urgency), scope="col", aria_label=spoken, title=spoken)
        with Tag("tbody"):
            for impact in filter(matrix.__contains__, LEVELS):
                with Tag("tr"):
                    spoken = reader.say("impact_is", impact=reader.word(impact))
                    Tag("th", reader.word(impact), scope="row", aria_label=spoken, title=spoken)
                    for urgency in LEVELS:
                        _draw_priority(matrix[impact][urgency], before.get(impact, {}).get(urgency), reader)


def _draw_priority(priority: str, before: str | None, reader: Reader) -> None:
    with Tag("td", "", "" if before == priority else "is-changed"):
        Tag("span", reader.word(priority), f"priority priority--{priority}")
