"""Debian's and Ubuntu's packages: installed quietly as root, or the command for somebody who is.
Keeps a package from starting a service of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
SERVICE_POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it before a package starts a service; 101 means no


class NotInstalled(RuntimeError):
    """A package cannot be installed; the message says why."""


def may_install() -> bool:
    """Whether `install` can do it: we are root where there is apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def command_for(packages: Sequence[str]) -> str:
    """What a person types to install them."""
    return " ".join([*([] if os.geteuid() == 0 else ["sudo"]), *INSTALL, *packages])


def install(packages: Sequence[str]) -> None:
    """Install them from the system's sources. Raises NotInstalled."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_services():
        for command in (("apt-get", "update"), (*INSTALL, *packages)):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise NotInstalled(f"{' '.join(command)} failed: {done.stderr.strip()}")


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
