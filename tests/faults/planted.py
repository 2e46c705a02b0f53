"""The workers of all services in one process, with a bug planted in each of them: a process that a test may kill."""

from __future__ import annotations

import asyncio
import sys

from services import catalogue
from services.preflight import read_platform, read_settings
from services.process import build, stop_signal
from shared.bus import Envelope
from shared.consumers import Consumer
from shared.db import AsyncSession
from shared.inbox import Inbox
from shared.outbox import Relay
from shared.service import Runtime
from shared.telemetry import configure_logs


class InboxWithoutMemory(Inbox):
    """Enters an envelope and handles it, however often it was here before."""

    async def _entered(self, session: AsyncSession, consumer: Consumer, envelope: Envelope) -> str:
        await super()._entered(session, consumer, envelope)
        return "done"


class InboxThatThanksFirst(Inbox):
    """Lets the bus acknowledge what is not committed yet."""

    async def receive(self, envelope: Envelope) -> None:
        self._taking = asyncio.create_task(super().receive(envelope))


class RelayWithoutConfirms(Relay):
    """Marks rows as sent whatever the bus said."""

    async def _publish_subject(self, rows: object, gate: object) -> tuple[list[int], None]:
        sent, failed = await super()._publish_subject(rows, gate)  # type: ignore[arg-type]  # passed through
        return ([*sent, failed[0]] if failed else sent), None


BUGS: dict[str, type[Inbox] | type[Relay]] = {
    "no-memory": InboxWithoutMemory,
    "acknowledges-first": InboxThatThanksFirst,
    "no-confirms": RelayWithoutConfirms,
}
NONE = "none"


def plant(runtime: Runtime, bug: str) -> None:
    """Replace what has the bug, before the worker is started."""
    kind = BUGS[bug]
    if issubclass(kind, Inbox):
        runtime.inbox = kind(runtime.database, runtime.service.consumers, runtime.tracer)
        runtime.loops = [runtime.inbox if isinstance(loop, Inbox) else loop for loop in runtime.loops]
    else:
        relay = kind(runtime.database, runtime.bus, runtime.tracer)
        runtime.loops = [relay if isinstance(loop, Relay) else loop for loop in runtime.loops]


async def work(bug: str) -> None:
    """Until it is terminated, or killed."""
    stop = stop_signal()
    process = build(catalogue.NAMES, "worker", read_platform(), read_settings())
    if bug != NONE:
        for runtime in process.runtimes.values():
            plant(runtime, bug)
    await process.start()
    await stop.wait()
    await process.stop()


if __name__ == "__main__":
    configure_logs("ERROR", "json")
    asyncio.run(work(sys.argv[1]))
