"""What the embedded nodes ask of this machine: free ports, locks on files, and what runs under a number.
Knows nothing of PostgreSQL or RabbitMQ."""

import fcntl
import os
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"
# Below every system's range for outgoing connections, so that a killed node finds its port free again.
NODE_PORTS = range(20_000, 32_000)


class DeadlinePassed(RuntimeError):
    """Something awaited did not happen within its seconds."""


def free_ports(count: int) -> list[int]:
    """`count` different TCP ports of 127.0.0.1 on which nobody listens now."""
    # The system's generator: test runners seed the common one alike in parallel processes.
    candidates = random.SystemRandom().sample(NODE_PORTS, len(NODE_PORTS))
    found: list[int] = []
    for port in candidates:
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"only {len(found)} of {count} ports are free in {NODE_PORTS}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def process_mentions(pid: int, text: str) -> bool:
    """Whether `pid` runs with `text` in its command line or environment: the bare number may be reused."""
    if Path("/proc/self").exists():
        return os.fsencode(text) in _proc_file(pid, "cmdline") + _proc_file(pid, "environ")
    listing = subprocess.run(["ps", "eww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return os.fsencode(text) in listing.stdout


def _proc_file(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def wait_until(happened: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Poll until `happened()`; DeadlinePassed names `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise DeadlinePassed(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)


def open_lock(path: Path) -> IO[str]:
    """A handle for `flock`. The system drops its locks when the holder dies, however it dies."""
    return path.open("a", encoding="utf-8")


def try_exclusive(handle: IO[str]) -> bool:
    """Take the lock for this handle alone; False when another handle, here or elsewhere, holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hold_shared(handle: IO[str]) -> None:
    """Be counted among the users of a lock until the handle is closed."""
    fcntl.flock(handle, fcntl.LOCK_SH)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Run a block while no other process runs one under the same lock file."""
    with open_lock(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
