"""Forgets what is over once its keep time has passed: inbox rows, timers, answers kept for repeats; a few at a time.

Never what was said or noted: the running role has no right to delete from outbox, heads and audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shared.db import Database
from shared.settings import KeepTimes

BATCH = 1000
LOOK_SECONDS = 3600.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Kind:
    """Rows of a mechanism table that are over, and since when. Each has an index of just these, by that moment."""

    table: str
    since: str
    over: str

    @property
    def oldest(self) -> str:
        return f"(SELECT min({self.since}) FROM {{schema}}.{self.table} WHERE {self.over}) AS {self.table}"

    @property
    def forget(self) -> str:
        """Delete up to $2 of those that were over before $1; what another transaction holds is left for later."""
        return f"""
            WITH gone AS (
                DELETE FROM {{schema}}.{self.table} WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM {{schema}}.{self.table} WHERE {self.over} AND {self.since} < $1
                    ORDER BY {self.since} LIMIT $2 FOR UPDATE SKIP LOCKED
                )) RETURNING 1
            )
            SELECT count(*) AS gone FROM gone
        """


INBOX = Kind("inbox", since="received_at", over="state IN ('done', 'discarded')")
TIMERS = Kind("timers", since="coalesce(fired_at, due_at)", over="state IN ('fired', 'cancelled')")
IDEMPOTENCY = Kind("idempotency", since="created_at", over="true")
OLDEST = f"SELECT {INBOX.oldest}, {TIMERS.oldest}, {IDEMPOTENCY.oldest}, clock_timestamp() AS now"


class Retention:
    """Looks once an hour for what is past its keep time, by the platform's time, and forgets the oldest first."""

    name = "retention"

    def __init__(self, database: Database, keep: KeepTimes) -> None:
        self.database = database
        self.kept_days = {INBOX: keep.inbox_days, TIMERS: keep.timers_days, IDEMPOTENCY: keep.idempotency_days}

    async def step(self) -> int:
        """Forget up to BATCH rows of each kind; returns how many."""
        [oldest] = await self.database.directly(OLDEST)
        now = self.database.time(oldest["now"])
        forgotten = 0
        for kind, days in self.kept_days.items():
            before = now - timedelta(days=days)
            if oldest[kind.table] is not None and oldest[kind.table] < before:
                forgotten += await self._forget(kind, before)
        return forgotten

    async def idle_seconds(self) -> float:
        return LOOK_SECONDS

    async def _forget(self, kind: Kind, before: datetime) -> int:
        [row] = await self.database.directly(kind.forget, before, BATCH)
        forgotten: int = row["gone"]
        log.info("forgotten", service=self.database.service, table=kind.table, rows=forgotten)
        return forgotten
