"""`make run-distributed`: one process per service and role against RabbitMQ and PostgreSQL, given or private.

The same programs and variables as in containers: each process is told its own role's database URL and nothing else's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.embedded import Keys, Ports, environment, keys_of
from deploy.postgres_account import default_data_folder
from deploy.rabbit_node import RabbitNode
from deploy.run import CHECKOUT, Child, database, migrate_all
from deploy.welcome import welcome
from services import catalogue
from shared import migrate
from shared.settings import PlatformSettings

STOP_SECONDS = 15


@dataclass
class Fleet:
    """The processes of a distributed platform, each with its own environment. Any can be killed and restarted."""

    keys: Keys
    admin_url: str
    amqp_url: str
    ports: Ports
    api_ports: dict[str, int]
    processes: dict[tuple[str, str], subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_all(self) -> None:
        for name in catalogue.NAMES:
            for role in ("worker", "api"):
                self.start(name, role)

    def start(self, name: str, role: str) -> None:
        command = [sys.executable, "-m", "services", "run", name, "--role", role]
        environ = self.environment_of(name, role)
        self.processes[name, role] = subprocess.Popen(command, env=environ, start_new_session=True)

    def kill(self, name: str, role: str) -> None:
        """SIGKILL, as a crash would."""
        process = self.processes.pop((name, role))
        process.kill()
        process.wait()

    def environment_of(self, name: str, role: str) -> dict[str, str]:
        """What one process is told: its own database role, the bus, the public key, and where the others answer."""
        every = environment(self.keys, self.admin_url, self.ports)
        own = f"AFTERCARE_{name.upper()}_"
        told = {k: v for k, v in every.items() if k.startswith(own) or k == "AFTERCARE_PRINCIPAL_KEY"}
        told["AFTERCARE_AMQP_URL"] = self.amqp_url
        told[f"{own}DATABASE_URL"] = migrate.running_url(self.admin_url, name, self.keys.database_secret)
        told[f"{own}PORT"] = str(self.api_ports[name] if role == "api" else free_port())
        if name == "gateway":
            for other, port in self.api_ports.items():
                if other != "gateway":
                    told[f"AFTERCARE_{other.upper()}_API_URL"] = f"http://127.0.0.1:{port}"
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AFTERCARE_")}
        return clean | {"AFTERCARE_LOG_LEVEL": os.environ.get("AFTERCARE_LOG_LEVEL", "WARNING")} | told

    def stop(self) -> None:
        """Terminate all, drain, and kill what does not end in time."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def broker() -> Iterator[str]:
    """The broker given in AFTERCARE_AMQP_URL, or a private node while we run."""
    given = os.environ.get("AFTERCARE_AMQP_URL")
    if given:
        yield given
        return
    node = RabbitNode()
    try:
        yield node.start()
    finally:
        node.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make run-distributed", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="first port (default 8000)")
    arguments = parser.parse_args()
    keys = keys_of(CHECKOUT / ".aftercare")
    ports = Ports.from_first(arguments.port)
    with database(default_data_folder(CHECKOUT)) as admin_url, broker() as amqp_url:
        platform = PlatformSettings(database_url=admin_url, database_secret=keys.database_secret)
        migrate_all(platform)
        api_ports = {name: free_port() for name in catalogue.NAMES} | {"gateway": ports.gateway}
        fleet = Fleet(keys, admin_url, amqp_url, ports, api_ports)
        fleet.start_all()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(_beside(platform, ports, keys))
        finally:
            fleet.stop()


async def _beside(platform: PlatformSettings, ports: Ports, keys: Keys) -> None:
    """Recorder and dashboard beside the fleet until Ctrl-C."""
    recorder = Child("recorder", "clients.recorder", "--smtp-port", str(ports.smtp), "--http-port", str(ports.recorder))
    dashboard = Child("dashboard", "clients.dashboard", "--port", str(ports.dashboard), "--gateway", ports.base_url)
    for child in (recorder, dashboard):
        child.start()
    try:
        await welcome(platform, ports, keys, CHECKOUT / ".aftercare")
        await asyncio.Event().wait()
    finally:
        await asyncio.gather(recorder.stop(), dashboard.stop())


if __name__ == "__main__":
    main()
