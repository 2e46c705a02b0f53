"""The active worker of a service: holds the service's advisory lock on its own connection and runs the loops.

Others stand by and take over within seconds. Losing the lock stops the loops before their next batch.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import asyncpg
import structlog

from shared.db import plain_url
from shared.telemetry import Metrics

STANDBY_SECONDS = 2.0
ANSWER_SECONDS = 5.0
"""How long the database may take to answer on the lock's connection: one that hangs has lost the lock."""
WATCH_SECONDS = 1.0
AFTER_FAILURE_SECONDS = 1.0
log = structlog.get_logger()


class Loop(Protocol):
    """Work that is rows: `step` does what is due now and says how many rows moved; 0 means rest.

    `idle_seconds` says how long to rest when nothing wakes it before.
    """

    name: str

    async def step(self) -> int: ...

    async def idle_seconds(self) -> float: ...


class Worker:
    """Runs a service's loops while it holds the lock, and listens to the broker only then."""

    def __init__(
        self,
        url: str,
        service: str,
        loops: Sequence[Loop],
        metrics: Metrics,
        *,
        started: Callable[[], Awaitable[None]],
        stopped: Callable[[], Awaitable[None]],
    ) -> None:
        self.url, self.service, self.loops, self.metrics = url, service, loops, metrics
        self.started, self.stopped = started, stopped
        self.active, self.standby = asyncio.Event(), asyncio.Event()
        self.standby.set()
        self.wake = {loop.name: asyncio.Event() for loop in loops}
        self.lock_key = zlib.crc32(f"aftercare {service}".encode())
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"worker {self.service}")

    async def stop(self) -> None:
        """Finish the batches in hand, then let the lock go."""
        self._stopping.set()
        for event in self.wake.values():
            event.set()
        if self._task:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._stand_by()
            except Exception as problem:
                log.warning("worker_lost_its_lock", service=self.service, problem=repr(problem))
                await self._rest(AFTER_FAILURE_SECONDS)

    async def _stand_by(self) -> None:
        connection = await asyncpg.connect(plain_url(self.url), timeout=ANSWER_SECONDS, command_timeout=ANSWER_SECONDS)
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", self.lock_key):
                await self._rest(STANDBY_SECONDS)
                if self._stopping.is_set():
                    return
            await connection.add_listener(f"aftercare_{self.service}", self._woken)
            await self._work(connection)
        finally:
            connection.terminate()

    async def _work(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        log.info("worker_active", service=self.service)
        self.standby.clear()
        self.active.set()
        self.metrics.active.labels(self.service).set(1)
        tasks = [asyncio.create_task(self._drive(loop), name=f"{self.service} {loop.name}") for loop in self.loops]
        tasks.append(asyncio.create_task(self._listen(), name=f"{self.service} listener"))
        try:
            while not self._stopping.is_set():
                await connection.fetchval("SELECT 1")
                await self._rest(WATCH_SECONDS)
        finally:
            self.active.clear()
            self.metrics.active.labels(self.service).set(0)
            for event in self.wake.values():
                event.set()
            await asyncio.gather(*tasks)
            with contextlib.suppress(Exception):
                await self.stopped()
            self.standby.set()

    async def _listen(self) -> None:
        """Listen to the bus, trying again while it is away: timers, mails and calls go on meanwhile."""
        while self.active.is_set():
            try:
                await self.started()
            except Exception as problem:
                log.warning("listening_failed", service=self.service, problem=repr(problem))
                await self._rest(AFTER_FAILURE_SECONDS)
            else:
                return

    async def _drive(self, loop: Loop) -> None:
        wake = self.wake[loop.name]
        while self.active.is_set():
            wake.clear()
            try:
                moved = await loop.step()
                self.metrics.steps.labels(self.service, loop.name).inc(moved)
                rest = 0.0 if moved else await loop.idle_seconds()
            except Exception as problem:
                log.warning("loop_failed", service=self.service, loop=loop.name, problem=repr(problem))
                rest = AFTER_FAILURE_SECONDS
            if rest and self.active.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest):
                        await wake.wait()

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _woken(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        for name in str(payload).split(","):
            if name in self.wake:
                self.wake[name].set()
