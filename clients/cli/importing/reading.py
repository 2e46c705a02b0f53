"""An export as rows with their line numbers, from .csv or .csv.gz, never more of it in memory than a row.

A file that is no table is told before its first row is used; one that breaks off ends early and says where.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from clients.cli.importing.mapping import FileForm
from clients.cli.importing.rejections import Unfit
from clients.cli.terminal import Misuse

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
LOOKED_AT = 4096
BROKEN = (EOFError, OSError, UnicodeError, zlib.error)
"""UnicodeError: of encodings that cannot go on after a wrong byte, such as UTF-16."""

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file and what it says; a missing value is None. `unfit` is why it cannot be used, if it cannot."""

    line: int
    values: Values
    unfit: Unfit | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The file breaks off in this line, and why."""

    line: int
    reason: str


class Lines:
    """The lines of a text; `quotes` counts those seen since it was last set, and is even where a row ended."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self.quotes = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.quotes += line.count('"')
        return line


class Export:
    """An open file: `header` at once, then `rows()` once. Raises Misuse for what is no table of text."""

    def __init__(self, path: Path, form: FileForm) -> None:
        self.path, self.form = path, form
        self.broken: Broken | None = None
        try:
            self._file = path.open("rb")
        except OSError as problem:
            raise Misuse("unreadable_file", file=path, reason=problem.strerror) from problem
        try:
            self.size = path.stat().st_size
            self._text = self._opened()
            self._lines = Lines(self._text)
            self._reader = csv.reader(self._lines, delimiter=form.delimiter)
            self.header = self._read_header()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.close()
        self._file.close()

    @property
    def position(self) -> int:
        """How many bytes of the file, compressed as it is, have been read."""
        return self._file.tell()

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Where the file breaks off they end, and `broken` says so."""
        while True:
            line = self._reader.line_num + 1
            self._lines.quotes = 0
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as problem:
                unfit = Unfit("no_row", first=line, last=self._reader.line_num, reason=problem)
                yield Row(line, {}, unfit)
                continue
            except BROKEN as problem:
                self.broken = Broken(self._reader.line_num + 1, str(problem) or type(problem).__name__)
                return
            if self._lines.quotes % 2 and self._reader.line_num > line:
                self.broken = Broken(line, "a quote that is not closed (引号未闭合)")
                return
            if cells:
                yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row:
        missing = self.form.missing
        values = {
            name: None if (value := cell.strip()) in missing else value
            for name, cell in zip(self.header, cells, strict=False)
        }
        if len(cells) != len(self.header):
            last = self._reader.line_num
            key = "wrong_width" if last == line else "wrong_width_lines"
            return Row(line, values, Unfit(key, count=len(cells), wanted=len(self.header), last=last))
        if "\0" in "".join(cells):
            return Row(line, values, Unfit("nul"))
        if not _is_text("".join(cells)):
            return Row(line, values, Unfit("not_text", encoding=self.form.encoding))
        return Row(line, values)

    def _opened(self) -> io.TextIOWrapper:
        """Bytes that are not of the encoding are kept as surrogates, so that their row is told and not the file's."""
        start = self._file.read(LOOKED_AT)
        self._file.seek(0)
        if start.startswith(ZIP):
            raise Misuse("spreadsheet", file=self.path.name)
        binary: Any = gzip.GzipFile(fileobj=self._file) if start.startswith(GZIP) else self._file
        encoding = "utf-8-sig" if self.form.encoding.lower() in ("utf-8", "utf8") else self.form.encoding
        return io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline="")

    def _read_header(self) -> list[str]:
        try:
            header = [name.strip() for name in next(self._reader)]
        except StopIteration:
            raise Misuse("empty_file", file=self.path.name) from None
        except (csv.Error, UnicodeError) as problem:
            raise Misuse("no_table", file=self.path.name) from problem
        except BROKEN as problem:
            raise Misuse("unreadable_file", file=self.path, reason=str(problem) or type(problem).__name__) from problem
        if not any(header) or not _is_text("".join(header)):
            raise Misuse("no_table", file=self.path.name)
        return header


def _is_text(text: str) -> bool:
    """Neither a NUL, which no database takes, nor bytes of another encoding."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
