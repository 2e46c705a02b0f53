"""`make run`: the whole platform in one process on an embedded PostgreSQL, dashboard and recorder beside it.

Everything it needs is made at first start; a second start keeps the data. Ctrl-C stops all of it cleanly.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from deploy.children import Children
from deploy.embedded import Ports
from deploy.home import Home
from deploy.launch import launch, prepared, progress, require_free, run_loop, start_beside
from deploy.welcome import welcome
from services import catalogue
from services.preflight import door, read_platform, read_settings
from services.process import app_of, build, serve, stop_signal
from shared.telemetry import configure_logs

COMMAND = "make run"


def main() -> None:
    launch(COMMAND, __doc__ or "", run)


def run(arguments: argparse.Namespace, home: Home) -> None:
    """Everything in this process, until it is told to stop."""
    ports = Ports.from_first(arguments.port)
    with home.taken():
        require_free(ports, COMMAND)
        with prepared(home, ports):
            run_loop(_run(ports, home, dashboard=not arguments.without_dashboard))


async def _run(ports: Ports, home: Home, *, dashboard: bool) -> None:
    progress("Starting the services", "正在启动各服务")
    stop, platform, settings = stop_signal(), read_platform(), read_settings()
    form = "text" if sys.stderr.isatty() else "json"
    configure_logs(os.environ.get("AFTERCARE_LOG_LEVEL", "WARNING"), os.environ.get("AFTERCARE_LOG_FORMAT", form))
    process = build(catalogue.NAMES, "all", platform, settings)
    app, children = app_of(process, settings), Children(home.folder)
    with door("127.0.0.1", ports.gateway) as opened:
        start_beside(children, ports, dashboard=dashboard)
        greeting = asyncio.create_task(welcome(platform, ports, home, [ports.base_url], COMMAND))
        try:
            await serve(process, app, opened, stop)
        finally:
            greeting.cancel()
            await asyncio.gather(greeting, children.stop(), return_exceptions=True)


if __name__ == "__main__":
    main()
