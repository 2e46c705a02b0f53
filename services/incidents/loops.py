"""What incidents does beside its timers: sweeps content that no attachment has, be it refused later or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.incidents.attachments.queries import wanted_contents
from shared.db import Caller, Database, context
from shared.files import Files

KEPT = timedelta(days=1)
"""Content that came in is left this long for its row to follow."""
LOOK_SECONDS = 86_400.0
BATCH = 1000
log = structlog.get_logger()


class Sweep:
    """Looks once a day, in the service's active worker only. Content is asked about first and deleted after."""

    name = "sweep"

    def __init__(self, database: Database, files: Files) -> None:
        self.database, self.store = database, files.store
        self._caller = Caller(actor=f"system:{database.service}", scope="system")

    async def step(self) -> int:
        """Delete what is orphaned; returns how much."""
        async with self.database.transaction(self._caller, read_only=True) as session:
            before = (context(session).now - KEPT).timestamp()
        found, gone = await self.store.put_before(before), 0
        for start in range(0, len(found), BATCH):
            gone += await self._sweep(found[start : start + BATCH], before)
        if gone:
            log.info("swept", service=self.database.service, files=gone)
        return gone

    async def _sweep(self, found: Sequence[str], before: float) -> int:
        async with self.database.transaction(self._caller, read_only=True) as session:
            wanted = await wanted_contents(session, found)
        return sum([await self.store.remove(sha256, put_before=before) for sha256 in found if sha256 not in wanted])

    async def idle_seconds(self) -> float:
        return LOOK_SECONDS
