"""Processes beside a launcher: they come back when they die, end with it, and do not outlive a killed one for long."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.children import MARK, RECORD, Children, Program, end_left_behind
from deploy.machine import free_ports, process_mentions, wait_until
from tests.builders.eventually import eventually

RECORDER = Program("recorder", ("clients.recorder", "--smtp-port", "0", "--http-port", "0"))


def living(folder: Path) -> list[int]:
    """The recorded processes that run."""
    record = folder / RECORD
    pids = [int(word) for word in record.read_text(encoding="utf-8").split()] if record.exists() else []
    return [pid for pid in pids if process_mentions(pid, f"{MARK}={folder}")]


def asked(folder: Path) -> Callable[[], Awaitable[list[int]]]:
    async def ask() -> list[int]:
        return living(folder)

    return ask


async def test_a_child_that_dies_comes_back_until_all_are_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    children = Children(tmp_path)
    children.start(RECORDER)
    [first] = await eventually(asked(tmp_path), bool)
    children.kill("recorder")
    [second] = await eventually(asked(tmp_path), lambda pids: pids and pids != [first])
    assert "recorder ended with code -9; starting it again" in capsys.readouterr().err
    await children.stop()
    assert (living(tmp_path), process_mentions(second, str(tmp_path))) == ([], False)


async def test_a_child_is_told_what_is_its_own_and_nothing_of_our_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_DATABASE_SECRET", "of nobody else")
    children = Children(tmp_path)
    children.start(Program("recorder", RECORDER.command, {"AFTERCARE_LOG_LEVEL": "ERROR"}))
    [pid] = await eventually(asked(tmp_path), bool)
    told = [name for name in ("of nobody else", "AFTERCARE_LOG_LEVEL=ERROR") if process_mentions(pid, name)]
    await children.stop()
    assert told == ["AFTERCARE_LOG_LEVEL=ERROR"]


async def test_a_child_that_does_not_end_is_killed(tmp_path: Path) -> None:
    children = Children(tmp_path, stop_seconds=0.1)
    children.start(RECORDER)
    [pid] = await eventually(asked(tmp_path), bool)
    os.kill(pid, signal.SIGSTOP)
    await children.stop()
    assert living(tmp_path) == []


async def test_the_next_launcher_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    smtp, http = free_ports(2)
    command = ("-m", "clients.recorder", "--smtp-port", str(smtp), "--http-port", str(http))
    left = await asyncio.create_subprocess_exec(sys.executable, *command, env={**os.environ, MARK: str(tmp_path)})
    stranger = await asyncio.create_subprocess_exec("sleep", "600")
    (tmp_path / RECORD).write_text(f"{left.pid} {stranger.pid} 99999999", encoding="utf-8")
    await asyncio.to_thread(wait_until, lambda: is_taken(http), seconds=30, what="the recorder's start")
    await asyncio.to_thread(end_left_behind, tmp_path)
    assert (is_taken(smtp), is_taken(http)) == (False, False)
    assert await left.wait() == -signal.SIGKILL
    assert stranger.returncode is None
    stranger.kill()
    await stranger.wait()


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
