"""One operating-system process of the platform: which services it holds, on what, and in what order they start.

Start: bus, services, gateway. Stop in reverse, draining. Migration comes before (services/__main__.py).
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import uvicorn

from services import catalogue
from services.preflight import NotConfigured
from shared import migrate
from shared.auth import Verifier
from shared.bus import Bus
from shared.bus.local import LocalBus
from shared.bus.rabbit import RabbitBus
from shared.files import Files, FolderStore
from shared.now import TimeSource, database_time
from shared.service import Role, Runtime, health_app
from shared.settings import PlatformSettings, ServiceSettings
from shared.telemetry import Metrics
from shared.tracing import Tracing, Untraced

DRAIN_SECONDS = 10
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Process:
    """The runtimes of one process, and the bus they share."""

    runtimes: dict[str, Runtime]
    bus: Bus
    role: Role
    tracing: Tracing

    async def start(self) -> None:
        await self.bus.open()
        for runtime in self.runtimes.values():
            await runtime.start(self.role)

    async def stop(self) -> None:
        for runtime in reversed(self.runtimes.values()):
            await runtime.stop()
        await self.bus.close()
        await self.tracing.close()

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether every service of this process is ready, and what was found at each."""
        found = {name: await runtime.readiness() for name, runtime in self.runtimes.items()}
        return all(ready for ready, _ in found.values()), {name: what for name, (_, what) in found.items()}


def build(
    names: Sequence[str],
    role: Role,
    platform: PlatformSettings,
    settings: Mapping[str, ServiceSettings],
    time: TimeSource = database_time,
) -> Process:
    """A process holding these services. Raises NotConfigured when database or principal key is not to be had."""
    _require_key(platform.principal_key)
    bus = _bus(platform.amqp_url, names)
    metrics, tracing = Metrics(), tracing_to(platform.otlp_endpoint)
    runtimes = {
        name: Runtime(
            catalogue.service(name),
            settings=settings[name],
            database_url=database_url_of(name, platform, settings[name]),
            bus=bus,
            principal_key=platform.principal_key,
            time=time,
            metrics=metrics,
            keep=platform.keep,
            tracing=tracing,
            files=Files(FolderStore(platform.data_folder / "files" / name), platform.file_rules),
        )
        for name in names
    }
    return Process(runtimes, bus, role, tracing)


def _require_key(key: str) -> None:
    if not key:
        raise NotConfigured("AFTERCARE_PRINCIPAL_KEY is not set: services cannot tell who is asking")
    try:
        Verifier(key)
    except ValueError as problem:
        raise NotConfigured("AFTERCARE_PRINCIPAL_KEY is no public key in PEM") from problem


def _bus(amqp_url: str | None, names: Sequence[str]) -> Bus:
    if amqp_url:
        return RabbitBus(amqp_url, catalogue.topology())
    return LocalBus(catalogue.topology(names))


def tracing_to(endpoint: str | None) -> Tracing:
    """Traces sent to a collector, or none. The SDK is loaded only where somebody collects."""
    if not endpoint:
        return Untraced()
    from shared.otlp import OtlpTracing

    return OtlpTracing(endpoint)


def database_url_of(name: str, platform: PlatformSettings, settings: ServiceSettings) -> str:
    """The URL of the service's running role: its own setting, or derived from the administrator's."""
    if settings.database_url:
        return settings.database_url
    if platform.database_url:
        return migrate.running_url(platform.database_url, name, platform.database_secret)
    raise NotConfigured(f"set AFTERCARE_{name.upper()}_DATABASE_URL or AFTERCARE_DATABASE_URL")


def app_of(process: Process, settings: Mapping[str, ServiceSettings]) -> Any:
    """What this process answers over HTTP: the gateway's front, one service's API, or a worker's health.

    `settings` are those of all services: the front asks them where the others answer.
    """
    runtimes = process.runtimes
    if process.role == "worker":
        return health_app(process.readiness, next(iter(runtimes.values())).metrics)
    for runtime in runtimes.values():
        if runtime.service.front:
            try:
                return runtime.service.front(runtimes, process.readiness, settings)
            except ValueError as problem:
                raise NotConfigured("AFTERCARE_GATEWAY_SIGNING_KEY is not set, or no private key in PEM") from problem
    if len(runtimes) != 1:
        raise NotConfigured("without the gateway, a process answers for one service only")
    return next(iter(runtimes.values())).app


def stop_signal() -> asyncio.Event:
    """Is set by the first Ctrl-C, termination or closed terminal from now on; call it where the loop runs."""
    stop = asyncio.Event()
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve(process: Process, app: Any, opened: socket.socket, stop: asyncio.Event) -> None:
    """Start the process, answer on the socket until `stop` is set, drain, stop."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = _Server(config)
    try:
        await process.start()
        _keep_what_is_loaded()
        serving = asyncio.create_task(server.serve([opened]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.should_exit = True
        await serving
    finally:
        await process.stop()


def _keep_what_is_loaded() -> None:
    """What is loaded by now stays as long as the process: a collection of garbage need not go through it each time.

    It held up all answers for a third of a second, and took a tenth of the time of a busy process.
    """
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """uvicorn, which leaves the signals to us: by its own handling they end the process before its work is drained."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn states a generator, any context will do
        return nullcontext()
