"""Sentences of either script, broken to the width of a terminal: between words, and between Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"[（“‘《【]*[{_WIDE}][，。；：、！？）”’》】%]*|[^{_WIDE}\s]+|\s+")
"""What stays on one line: a wide character with the signs that cling to it, a word, or the blanks between."""


def broken(text: str, width: int) -> Iterator[str]:
    """The lines of a text, none wider than `width` cells; what has no break is cut."""
    line = ""
    for piece in _PIECE.findall(text):
        if cell_len(line + piece.rstrip()) <= width:
            line += piece
            continue
        if line:
            yield line.rstrip()
        *cut, line = chop_cells(piece.lstrip(), width) or [""]
        yield from cut
    yield line.rstrip()


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey: whoever reports could otherwise write on the reader's screen as they like."""


class Sentence:
    """A text to print: `first` stands before its first line, `rest` before the others."""

    def __init__(self, text: str, first: str = "", rest: str = "", style: str = "") -> None:
        self.text, self.first, self.rest, self.style = _CONTROL.sub("\ufffd", text), first, rest, style

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(12, options.max_width), cell_len(self.first + self.text)).clamp(
            max_width=options.max_width
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        style = console.get_style(self.style) if self.style else Style.null()
        before = self.first
        for line in broken(self.text, max(1, options.max_width - cell_len(self.first))):
            yield Segment(before, Style(dim=True))
            yield Segment(line, style)
            yield Segment.line()
            before = self.rest
