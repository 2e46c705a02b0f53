"""The system's RabbitMQ package: whether it is there, and how to get it on Debian and Ubuntu.
Starts nothing, and keeps the package from starting the system's own broker."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the PATH insists on its own account
INSTALL = ["apt-get", "install", "--yes", "--no-install-recommends", "rabbitmq-server"]
SERVICE_POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it before a package starts a service; 101 means no


class RabbitNotStarted(RuntimeError):
    """The broker cannot run here; the message says why and what to do."""


def is_installed() -> bool:
    """Whether a private broker can be started: the server's script, Erlang and its name server are there."""
    return SERVER_SCRIPT.exists() and shutil.which("erl") is not None and shutil.which("epmd") is not None


def require_installed() -> None:
    """Raises RabbitNotStarted with the command to run."""
    if not is_installed():
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        raise RabbitNotStarted(f"RabbitMQ is missing: run {' '.join([*sudo, *INSTALL])}")


def install() -> None:
    """Install the package when it is missing. Raises RabbitNotStarted with the command when we may not."""
    if is_installed():
        return
    if os.geteuid() == 0 and shutil.which("apt-get") is not None:
        _apt_install()
    require_installed()


def _apt_install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_services():
        for command in (["apt-get", "update"], INSTALL):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RabbitNotStarted(f"{' '.join(command)} failed: {done.stderr.strip()}")


@contextmanager
def _no_services() -> Iterator[None]:
    if SERVICE_POLICY.exists():
        yield
        return
    SERVICE_POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    SERVICE_POLICY.chmod(0o755)
    try:
        yield
    finally:
        SERVICE_POLICY.unlink()
