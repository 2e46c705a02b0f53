"""Histories on their way to the platform: in batches, one after the other, the next one read while one is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clients.api import Aftercare, Problem
from clients.cli.importing.histories import Historian, History
from clients.cli.importing.records import Record
from clients.cli.importing.rejections import Rejection, Rejections
from clients.cli.importing.summary import REFUSED, REJECTED, Summary
from clients.models import HistoryResult, HistoryResults

BATCH = 50
BATCH_BYTES = 1_000_000
"""A batch ends with the history that reaches this, so that a request stays below the 4 MiB that the platform takes."""
INVALID_AT = re.compile(r"body\.incidents\.(\d+)(?:\.|$)")

Batch = list[History]


@dataclass(frozen=True)
class Destination:
    """Whose incidents they are, and whether they are only judged."""

    source: str
    customer_id: UUID
    dry_run: bool


@dataclass(frozen=True)
class Import:
    """One run: what is read is sent, and what comes of it is counted."""

    api: Aftercare
    destination: Destination
    historian: Historian
    summary: Summary
    rejections: Rejections
    progress: Callable[[], None]

    async def run(self, records: Iterable[Record]) -> None:
        """Raises Problem when the platform refuses a whole request, and Unreachable."""
        batches = self._batches(records)
        batch = await asyncio.to_thread(next, batches, None)
        while batch is not None:
            _, batch = await asyncio.gather(self._send(batch), asyncio.to_thread(next, batches, None))
            self.progress()

    def _batches(self, records: Iterable[Record]) -> Iterator[Batch]:
        batch: Batch = []
        size = 0
        for history in self._histories(records):
            batch.append(history)
            size += history.bytes
            if len(batch) == BATCH or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _histories(self, records: Iterable[Record]) -> Iterator[History]:
        for record in records:
            history = self.historian.history_of(record)
            if isinstance(history, History):
                yield history
                continue
            self.summary.add(REJECTED, record.length)
            for rejection in history:
                self.rejections.add(rejection)

    async def _send(self, batch: Batch) -> None:
        for history, result in zip(batch, await self._results(batch), strict=True):
            self.summary.answered(history, result)
            if result.outcome == REFUSED:
                self.rejections.add(Rejection.said(history.line, history.number, result.detail or result.code or ""))

    async def _results(self, batch: Batch) -> Sequence[HistoryResult]:
        """One for each. What is invalid the platform refuses with the whole request: the others are sent again."""
        if not batch:
            return []
        try:
            return (await self._posted(batch)).results
        except Problem as problem:
            invalid = _invalid_in(problem, len(batch))
            if not invalid:
                raise
        others = iter(await self._results([history for index, history in enumerate(batch) if index not in invalid]))
        return [
            _refused(history, invalid[index]) if index in invalid else next(others)
            for index, history in enumerate(batch)
        ]

    async def _posted(self, batch: Batch) -> HistoryResults:
        """A rate limit is waited out, for as long as the platform says."""
        body: dict[str, Any] = {
            "source": self.destination.source,
            "customer_id": self.destination.customer_id,
            "dry_run": self.destination.dry_run,
            "incidents": [history.body for history in batch],
        }
        while True:
            try:
                return await self.api.post(HistoryResults, "/v1/incidents:import", **body)
            except Problem as problem:
                if problem.status != 429:
                    raise
                await asyncio.sleep(float(problem.members.get("retry_after", 1)))


def _refused(history: History, detail: str) -> HistoryResult:
    return HistoryResult(source_number=history.number, outcome=REFUSED, detail=detail)


def _invalid_in(problem: Problem, length: int) -> dict[int, str]:
    """Which incidents of a request of this length are invalid, with the first thing that is wrong with each."""
    if problem.code != "invalid_input":
        return {}
    found: dict[int, str] = {}
    for error in problem.members.get("errors", ()):
        place = str(error.get("at"))
        if (match := INVALID_AT.match(place)) and int(match[1]) < length:
            found.setdefault(int(match[1]), f"{place[match.end() :]}: {error.get('detail')}".removeprefix(": "))
    return found
