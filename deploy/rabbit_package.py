"""The system's RabbitMQ package: whether it is there, and how to get it on Debian and Ubuntu. Starts nothing."""

import shutil
from pathlib import Path

from deploy import apt

SERVER_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the PATH insists on its own account
PACKAGES = ("rabbitmq-server",)


class RabbitNotStarted(RuntimeError):
    """The broker cannot run here; the message says why and what to do."""


def is_installed() -> bool:
    """Whether a private broker can be started: the server's script, Erlang and its name server are there."""
    return SERVER_SCRIPT.exists() and shutil.which("erl") is not None and shutil.which("epmd") is not None


def require_installed() -> None:
    """Raises RabbitNotStarted with the command to run."""
    if not is_installed():
        raise RabbitNotStarted(f"RabbitMQ is missing: run {apt.command_for(PACKAGES)}")


def install() -> None:
    """Install the package when it is missing. Raises RabbitNotStarted with the command when we may not."""
    if is_installed():
        return
    if apt.may_install():
        try:
            apt.install(PACKAGES)
        except apt.NotInstalled as problem:
            raise RabbitNotStarted(str(problem)) from problem
    require_installed()
