"""`make run-distributed`: one process per service and role against RabbitMQ and PostgreSQL, given or private.

The same programs and variables as in containers: each process is told its own role's database URL and nothing else's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.children import Children, Program
from deploy.embedded import Ports
from deploy.home import Home
from deploy.launch import launch, prepared, progress, require_free, run_loop, start_beside
from deploy.machine import free_ports
from deploy.rabbit_node import RabbitNode
from deploy.welcome import welcome
from services import catalogue
from services.preflight import read_platform, read_settings
from services.process import database_url_of, stop_signal

COMMAND = "make run-distributed"
PROCESSES = tuple((name, role) for name in catalogue.NAMES for role in ("worker", "api"))
FOR_ALL = (
    "AFTERCARE_PRINCIPAL_KEY",
    "AFTERCARE_AMQP_URL",
    "AFTERCARE_LOG_LEVEL",
    "AFTERCARE_LOG_FORMAT",
    "AFTERCARE_OTLP_ENDPOINT",
    "AFTERCARE_FILE_LIMIT_BYTES",
    "AFTERCARE_FILE_TYPES",
)


def main() -> None:
    launch(COMMAND, __doc__ or "", run)


def run(arguments: argparse.Namespace, home: Home) -> None:
    """Broker, database and fourteen processes, until told to stop."""
    ports = Ports.from_first(arguments.port)
    with home.taken():
        require_free(ports, COMMAND)
        with prepared(home, ports) as told, _broker(home) as amqp_url:
            fleet = Fleet.planned(told | {"AFTERCARE_AMQP_URL": amqp_url}, ports)
            run_loop(_run(fleet, ports, home, dashboard=not arguments.without_dashboard))


@contextlib.contextmanager
def _broker(home: Home) -> Iterator[str]:
    """The broker given in AFTERCARE_AMQP_URL, or a private node while we run, whose messages outlive a stop."""
    given = os.environ.get("AFTERCARE_AMQP_URL")
    if given:
        yield given
        return
    progress("Starting RabbitMQ", "正在启动 RabbitMQ")
    node = RabbitNode(home.broker)
    try:
        yield node.start()
    finally:
        node.stop()


async def _run(fleet: Fleet, ports: Ports, home: Home, *, dashboard: bool) -> None:
    progress(f"Starting {len(PROCESSES)} processes", f"正在启动 {len(PROCESSES)} 个进程")
    stop, children = stop_signal(), Children(home.folder)
    for program in fleet.programs():
        children.start(program)
    start_beside(children, ports, dashboard=dashboard)
    greeting = asyncio.create_task(welcome(read_platform(), ports, home, fleet.addresses, COMMAND))
    try:
        await stop.wait()
    finally:
        greeting.cancel()
        await asyncio.gather(greeting, children.stop(), return_exceptions=True)


@dataclass(frozen=True)
class Fleet:
    """The processes of a distributed platform: what each is told, and where it answers. All of it is known before."""

    told: Mapping[str, str]
    ports: Mapping[tuple[str, str], int]

    @classmethod
    def planned(cls, told: Mapping[str, str], ports: Ports) -> Fleet:
        """`told` is the whole platform's environment, of which each process gets its part."""
        free = dict(zip(PROCESSES, free_ports(len(PROCESSES)), strict=True))
        return cls(told, {**free, ("gateway", "api"): ports.gateway})

    @property
    def addresses(self) -> list[str]:
        """Where each process tells whether it is ready."""
        return [f"http://127.0.0.1:{port}" for port in self.ports.values()]

    def programs(self) -> Iterator[Program]:
        for name, role in PROCESSES:
            command = ("services", "run", name, "--role", role)
            yield Program(f"{name}-{role}", command, self.environment_of(name, role))

    def environment_of(self, name: str, role: str) -> dict[str, str]:
        """The bus, the public key, the service's own settings and database role; to the gateway's API, the others."""
        own = f"AFTERCARE_{name.upper()}_"
        log = {
            "AFTERCARE_LOG_LEVEL": "WARNING",
            "AFTERCARE_LOG_FORMAT": "text" if sys.stderr.isatty() else "json",
        }
        told = log | {k: v for k, v in self.told.items() if k.startswith(own) or k in FOR_ALL}
        told[f"{own}DATABASE_URL"] = database_url_of(name, read_platform(), read_settings()[name])
        told[f"{own}PORT"] = str(self.ports[name, role])
        if (name, role) == ("gateway", "api"):
            others = [other for other in catalogue.NAMES if other != "gateway"]
            return told | {f"AFTERCARE_{o.upper()}_API_URL": f"http://127.0.0.1:{self.ports[o, 'api']}" for o in others}
        return {k: v for k, v in told.items() if k != "AFTERCARE_GATEWAY_SIGNING_KEY"}


if __name__ == "__main__":
    main()
