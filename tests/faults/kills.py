"""What is killed and when: every process, the broker and a database backend, at moments drawn from a seed.

SIGKILL each time. A process is started again by its launcher, the database by its postmaster, the broker by us.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import asyncpg

from deploy.children import RECORD
from deploy.distributed import PROCESSES
from deploy.machine import process_mentions
from deploy.rabbit_node import RabbitNode
from tests.builders.eventually import eventually
from tests.builders.launched import Launched

BROKER, BACKEND = "broker", "database backend"
VICTIMS = (*(f"{name}-{role}" for name, role in PROCESSES), BROKER, BACKEND)
BACKENDS = "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE 'aftercare %' ORDER BY pid"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Pace:
    """The seconds between one kill and the next lie between these."""

    shortest: float
    longest: float


PACE = Pace(1.0, 4.0)


@dataclass(frozen=True)
class Kill:
    """`after`: seconds since the kill before it. `draw`: which one, where there are several of the kind."""

    what: str
    after: float
    draw: float


def planned(seed: int, rounds: int, pace: Pace = PACE) -> list[Kill]:
    """Everybody once per round, in random order at random moments; the same for the same seed."""
    random = Random(seed)
    return [
        Kill(what, random.uniform(pace.shortest, pace.longest), random.random())
        for _ in range(rounds)
        for what in random.sample(VICTIMS, len(VICTIMS))
    ]


@dataclass
class Killer:
    """Carries out a plan against one platform. `done` tells what was killed, and when since the start."""

    platform: Launched
    broker: RabbitNode
    admin_url: str
    done: list[tuple[float, str]] = field(default_factory=list)

    async def kill_all(self, plan: Sequence[Kill]) -> None:
        """Returns when the last one is dead and the broker is back."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with asyncio.TaskGroup() as restarting:
            for kill in plan:
                await asyncio.sleep(kill.after)
                victim = await self._kill(kill)
                self.done.append((loop.time() - start, victim))
                if kill.what == BROKER:
                    restarting.create_task(asyncio.to_thread(self.broker.restart))

    async def _kill(self, kill: Kill) -> str:
        if kill.what == BROKER:
            await asyncio.to_thread(self.broker.kill)
            return BROKER
        if kill.what == BACKEND:
            backends = await eventually(self._backends, bool, PATIENCE_SECONDS)
            pid, whose = backends[int(kill.draw * len(backends))]
            os.kill(pid, signal.SIGKILL)
            return f"{BACKEND} of {whose}"
        [pid] = await eventually(lambda: self._pids(kill.what), bool, PATIENCE_SECONDS)
        os.kill(pid, signal.SIGKILL)
        return kill.what

    async def _backends(self) -> list[tuple[int, str]]:
        """Those that serve processes of ours; none while the database starts again."""
        try:
            connection = await asyncpg.connect(self.admin_url)
        except (OSError, asyncpg.PostgresError):
            return []
        rows = await connection.fetch(BACKENDS)
        await connection.close()
        return [(row["pid"], row["application_name"]) for row in rows]

    async def _pids(self, what: str) -> list[int]:
        """The launcher's child of that name; none while it is started again."""
        name, _, role = what.partition("-")
        command = "\0".join(("services", "run", name, "--role", role))
        children = (self.platform.home.folder / RECORD).read_text(encoding="utf-8").split()
        return [pid for pid in map(int, children) if process_mentions(pid, command)]
