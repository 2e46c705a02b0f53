"""One operating-system process of the platform: which services it holds, on what, and in what order they start.

Start: bus, services, gateway. Stop in reverse, draining. Migration comes before (services/__main__.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services import catalogue
from shared import migrate
from shared.bus import Bus
from shared.bus.local import LocalBus
from shared.bus.rabbit import RabbitBus
from shared.now import TimeSource, database_time
from shared.service import Role, Runtime, health_app
from shared.settings import PlatformSettings, ServiceSettings, refuse_unknown
from shared.telemetry import Metrics


class NotConfigured(Exception):
    """A setting this process cannot do without is missing; the message names it."""


@dataclass
class Process:
    """The runtimes of one process, and the bus they share."""

    runtimes: dict[str, Runtime]
    bus: Bus
    role: Role

    async def start(self) -> None:
        await self.bus.open()
        for runtime in self.runtimes.values():
            await runtime.start(self.role)

    async def stop(self) -> None:
        for runtime in reversed(self.runtimes.values()):
            await runtime.stop()
        await self.bus.close()

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether every service of this process is ready, and what was found at each."""
        found = {name: await runtime.readiness() for name, runtime in self.runtimes.items()}
        return all(ready for ready, _ in found.values()), {name: what for name, (_, what) in found.items()}


def read_settings() -> dict[str, ServiceSettings]:
    """Every service's settings from the environment. Raises UnknownSetting for a misspelt variable of any of them."""
    every = {name: catalogue.settings_class(name) for name in catalogue.NAMES}
    refuse_unknown([PlatformSettings, *every.values()])
    return {name: settings() for name, settings in every.items()}


def build(
    names: Sequence[str],
    role: Role,
    platform: PlatformSettings,
    settings: Mapping[str, ServiceSettings],
    time: TimeSource = database_time,
) -> Process:
    """A process holding these services. Raises NotConfigured when database or principal key is not to be had."""
    if not platform.principal_key:
        raise NotConfigured("AFTERCARE_PRINCIPAL_KEY is not set: services cannot tell who is asking")
    bus = _bus(platform.amqp_url, names)
    metrics = Metrics()
    runtimes = {
        name: Runtime(
            catalogue.service(name),
            settings=settings[name],
            database_url=database_url_of(name, platform, settings[name]),
            bus=bus,
            principal_key=platform.principal_key,
            time=time,
            metrics=metrics,
        )
        for name in names
    }
    return Process(runtimes, bus, role)


def _bus(amqp_url: str | None, names: Sequence[str]) -> Bus:
    if amqp_url:
        return RabbitBus(amqp_url, catalogue.topology())
    return LocalBus(catalogue.topology(names))


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
            return runtime.service.front(runtimes, process.readiness, settings)
    if len(runtimes) != 1:
        raise NotConfigured("without the gateway, a process answers for one service only")
    return next(iter(runtimes.values())).app
