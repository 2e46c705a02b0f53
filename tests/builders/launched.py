"""A platform as a person starts it: a launcher in a process of its own, in a home of its own, on private ports."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import Ports
from deploy.home import Home
from deploy.machine import free_ports, process_mentions, wait_until

READY_SECONDS = 240
END_SECONDS = 90
LAST_WORDS = "Ctrl-C"


@contextmanager
def a_home() -> Iterator[Home]:
    """A folder for one installation. Its database, which as root lies elsewhere, goes with it."""
    with tempfile.TemporaryDirectory(prefix="aftercare-home-") as folder:
        home = Home(Path(folder))
        yield home
        home.reset()


@dataclass(frozen=True)
class Launched:
    """A launcher, and what it and all its processes write."""

    process: subprocess.Popen[bytes]
    home: Home
    ports: Ports
    output: Path

    @property
    def said(self) -> str:
        return (self.output / "stdout").read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        return (self.output / "stderr").read_text(encoding="utf-8")

    @property
    def errors(self) -> list[str]:
        """What any process logged as an error, or wrote beside the log."""
        return [line for line in self.complained.splitlines() if _is_error(line)]

    async def has_said(self, text: str) -> None:
        """Wait for a word of the launcher's. Raises DeadlinePassed, or AssertionError when it ends before."""

        def so() -> bool:
            assert self.process.poll() is None, self.complained
            return text in self.said

        await asyncio.to_thread(wait_until, so, seconds=READY_SECONDS, what=f"the launcher's {text!r}")

    async def is_ready(self) -> None:
        await self.has_said(LAST_WORDS)

    async def ends(self, how: signal.Signals | None = None) -> int:
        """The launcher's exit code: by itself, or once it has been told to end."""
        if how is not None:
            self.process.send_signal(how)
        return await asyncio.to_thread(self.process.wait, END_SECONDS)

    def left_behind(self) -> list[str]:
        """The processes that know of this home: what the launcher should have ended."""
        marks = (str(self.home.path), str(self.home.data))
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        left = [pid for pid in pids if any(process_mentions(pid, mark) for mark in marks)]
        return [f"{pid} {_command_of(pid)}" for pid in left if pid != os.getpid()]


def _is_error(line: str) -> bool:
    try:
        return json.loads(line)["level"] not in ("debug", "info", "warning")
    except (ValueError, KeyError, TypeError):
        return True


def _command_of(pid: int) -> str:
    listing = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


@contextmanager
def launched(
    module: str, home: Home, *options: str, first: int | None = None, told: Mapping[str, str] | None = None
) -> Iterator[Launched]:
    """Starts as in a terminal: it knows nothing of the tests, and of settings only those in `told`."""
    port = first or free_ports(1)[0]
    output = Path(tempfile.mkdtemp(prefix="output-", dir=home.path))
    untold = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "AFTERCARE_"))}
    with (output / "stdout").open("wb") as said, (output / "stderr").open("wb") as complained:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(port), "--home", str(home.path), *options],
            env={**untold, **(told or {})},
            stdout=said,
            stderr=complained,
            start_new_session=True,
        )
    try:
        yield Launched(process, home, Ports.from_first(port), output)
    finally:
        process.terminate()
        process.wait(END_SECONDS)
