"""`python -m clients.dashboard`: serve the web pages of the service desk, beside a platform that runs elsewhere."""

from __future__ import annotations

import argparse
import secrets
import socket
import sys

from nicegui import app, ui

from clients.dashboard.app import add_pages
from clients.dashboard.frame import MARK
from clients.dashboard.reading import Platform
from clients.dashboard.security import SecurityHeaders
from clients.dashboard.sessions import Sessions

GRACE_SECONDS = 3


def main() -> None:
    """Serve until SIGINT or SIGTERM; exit status 1 and one line when the port is taken."""
    given = _options().parse_args()
    _require_free(given.host, given.port)
    platform = Platform(given.gateway)
    app.on_shutdown(platform.close)
    app.add_middleware(SecurityHeaders)
    add_pages(platform, Sessions())
    ui.run(
        host=given.host,
        port=given.port,
        title="Aftercare",
        favicon=MARK,
        dark=None,
        tailwind=False,
        reload=False,
        show=False,
        show_welcome_message=False,
        reconnect_timeout=15.0,
        storage_secret=secrets.token_urlsafe(32),
        session_middleware_kwargs={"session_cookie": "aftercare_dashboard", "max_age": None},
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m clients.dashboard", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8080)
    options.add_argument("--gateway", default="http://127.0.0.1:8000", help="address of the platform's public API")
    return options


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            sys.exit(f"dashboard: cannot listen on {host} port {port} (无法监听该端口): {problem}")


if __name__ == "__main__":
    main()
