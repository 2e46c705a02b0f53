"""The rows of one incident, gathered from a file where they stand together, and what is wrong with any of them.

One bad row spoils its whole incident: a history with a hole would be a false record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clients.cli.importing.reading import Export, Row
from clients.cli.importing.rejections import Rejection, Unfit

MOST_ROWS = 1000
"""What the platform takes as facts of one incident, and so the most that is held in memory."""


@dataclass
class Record:
    """All rows of one incident; it is sent only if there are no `rejections`."""

    number: str
    line: int
    rows: list[Row] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    length: int = 0

    def add(self, row: Row) -> None:
        self.length += 1
        if row.unfit:
            self.rejections.append(Rejection(row.line, self.number, row.unfit.key, row.unfit.values))
        elif self.length <= MOST_ROWS:
            self.rows.append(row)
        elif self.length == MOST_ROWS + 1:
            self.rejections.append(Rejection(row.line, self.number, "many_rows", {"most": MOST_ROWS}))
            self.rows.clear()

    def spoil(self, by: Row) -> None:
        """A row beside it may be its own, and cannot be told from another's."""
        if all(rejection.key != "beside" for rejection in self.rejections):
            self.rejections.append(Rejection(self.line, self.number, "beside", {"at": by.line}))


class Records:
    """Consecutive rows with one number make one record. A row whose incident cannot be told goes to `reject`."""

    def __init__(self, export: Export, number_column: str, reject: Callable[[Rejection], None]) -> None:
        self._export, self._column, self._reject = export, number_column, reject
        self._seen: set[int] = set()

    def __iter__(self) -> Iterator[Record]:
        """Where the file breaks off, the record in which it does is not whole and is left out."""
        record: Record | None = None
        stray: Row | None = None
        for row in self._export.rows():
            number = row.values.get(self._column)
            if number is None:
                stray = row
                self._tell_stray(row, record)
                continue
            if record is None or record.number != number:
                if record is not None:
                    yield record
                record = self._begun(number, row.line, stray)
            stray = None
            record.add(row)
        if record is not None and not self._export.broken:
            yield record

    def _begun(self, number: str, line: int, stray: Row | None) -> Record:
        """Numbers are remembered by 64 bits each; that two of a million are taken for one is less likely than 1e-7."""
        record = Record(number, line)
        if hash(number) in self._seen:
            record.rejections.append(Rejection(line, number, "apart"))
        self._seen.add(hash(number))
        if stray is not None:
            record.spoil(stray)
        return record

    def _tell_stray(self, row: Row, record: Record | None) -> None:
        unfit = row.unfit or Unfit("no_number")
        self._reject(Rejection(row.line, "", unfit.key, unfit.values))
        if record is not None:
            record.spoil(row)
