"""Why a row or an incident is not imported: found here (rejected) or told by the platform (refused)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.cli.terminal import Misuse
from clients.cli.words import say

SHOWN = 20
HEADER = ("line", "number", "reason")


class Unfit(Exception):
    """A value that cannot be what its column says; `key` and `values` are the sentence that says why."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line of the file and why it is not imported. What the platform said is kept as it said it."""

    line: int
    number: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def reason(self, language: str) -> str:
        return say(self.key, language, **self.values)

    @classmethod
    def said(cls, line: int, number: str, detail: str) -> Rejection:
        return cls(line, number, "platform_says", {"detail": detail})


class Rejections:
    """All of them are counted and written to a file where one is asked for; the first are kept to be shown."""

    def __init__(self, language: str, writer: Any = None) -> None:
        self.language, self._writer = language, writer
        self.count = 0
        self.first: list[Rejection] = []

    def add(self, rejection: Rejection) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(rejection)
        if self._writer is not None:
            self._writer.writerow((rejection.line, rejection.number, rejection.reason(self.language)))

    def to_data(self) -> list[dict[str, Any]]:
        """The first of them."""
        return [{"line": each.line, "number": each.number, "reason": each.reason(self.language)} for each in self.first]


@contextmanager
def rejections_kept(language: str, file: Path | None) -> Iterator[Rejections]:
    """Opened before anything is sent. Raises Misuse for a file that cannot be written."""
    if file is None:
        yield Rejections(language)
        return
    try:
        opened = file.open("w", encoding="utf-8", newline="")
    except OSError as problem:
        raise Misuse("unwritable", file=file, reason=problem.strerror) from problem
    with opened:
        writer = csv.writer(opened)
        writer.writerow(HEADER)
        yield Rejections(language, writer)
