"""Processes beside the launcher: started again when they die, and ended with it.

Their numbers are kept in the launcher's folder, so that the next one ends what a killed one left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.machine import DeadlinePassed, process_mentions

RECORD = "children.pids"
MARK = "AFTERCARE_DATA_FOLDER"
"""Tells whose child a process is, and every service knows it as a setting."""
RESTART_SECONDS = 2.0
STOP_SECONDS = 25.0
END_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """A module to run, with its options, and what it is told beside the environment common to all."""

    name: str
    command: tuple[str, ...]
    told: Mapping[str, str] = field(default_factory=dict)


class Children:
    """All the processes of one launcher, on the running loop."""

    def __init__(self, folder: Path, stop_seconds: float = STOP_SECONDS) -> None:
        self.folder, self.stop_seconds = folder, stop_seconds
        self._pids: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def start(self, program: Program) -> None:
        self._tasks.append(asyncio.create_task(self._supervise(program), name=program.name))

    async def stop(self) -> None:
        """Terminate all at once, let them drain, and kill what does not end in time."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; the process is started again. Raises KeyError when it does not run."""
        os.kill(self._pids[name], signal.SIGKILL)

    async def _supervise(self, program: Program) -> None:
        while not self._stopping.is_set():
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *program.command,
                env=self._environment(program),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, who then end it in order
            )
            self._record(program.name, process.pid)
            await _either(process.wait(), self._stopping.wait())
            if process.returncode is None:
                await _end(process, self.stop_seconds)
            self._record(program.name, None)
            if not self._stopping.is_set():
                print(f"{program.name} ended with code {process.returncode}; starting it again", file=sys.stderr)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RESTART_SECONDS)

    def _environment(self, program: Program) -> dict[str, str]:
        """Ours, without the settings that are for others."""
        common = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
        return {**common, MARK: str(self.folder), **program.told}

    def _record(self, name: str, pid: int | None) -> None:
        if pid is None:
            self._pids.pop(name, None)
        else:
            self._pids[name] = pid
        (self.folder / RECORD).write_text(" ".join(map(str, self._pids.values())), encoding="utf-8")


async def _either(*awaited: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(one) for one in awaited]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _end(process: asyncio.subprocess.Process, seconds: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def end_left_behind(folder: Path) -> None:
    """Kill the children of a launcher that was killed. Only for who knows that no launcher runs in the folder."""
    record, mark = folder / RECORD, f"{MARK}={folder}"
    if not record.exists():
        return
    for pid in map(int, record.read_text(encoding="utf-8").split()):
        if process_mentions(pid, mark):
            _kill(pid)
    record.unlink()


def _kill(pid: int) -> None:
    """Returns when it is gone with all its threads, for before that its ports are taken. Raises DeadlinePassed."""
    with contextlib.suppress(ProcessLookupError):
        watch = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(watch, signal.SIGKILL)
            if not select.select([watch], [], [], END_SECONDS)[0]:
                raise DeadlinePassed(f"process {pid} of an earlier run did not end within {END_SECONDS:g} s")
        finally:
            os.close(watch)
