"""How fast incidents are reported through the gateway, beside a bare endpoint with two inserts, in the same run.

One process with all services, relay and consumers running; eight keep-alive clients; the backlog is timed afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.load import Load, post
from bench.report import Goal
from deploy.machine import free_ports
from deploy.postgres_node import PostgresNode
from services import catalogue
from shared.db import plain_url

CLIENTS = 8
REQUESTS = 1500
ROUNDS = 3
START_SECONDS = 60
DRAIN_SECONDS = 120


def run() -> list[Goal]:
    """Reference and platform in turn, ROUNDS times; medians of the rates and of the ratio."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        node = PostgresNode()
        try:
            url = node.start(home / "postgres")
            return asyncio.run(_measure(url, home))
        finally:
            node.stop()


async def _measure(url: str, home: Path) -> list[Goal]:
    port, bare_port = free_ports(2)
    with platform(url, home, port) as process, reference(url, bare_port):
        began = time.perf_counter()
        await welcomed(home)
        loaded = time.perf_counter() - began
        demo = json.loads((home / ".aftercare" / "demo.json").read_text(encoding="utf-8"))
        rates, ratios, drains = [], [], []
        for _ in range(ROUNDS):
            bare = await _bare(bare_port)
            reported = await _reports(port, demo)
            drains.append(await drained(url))
            rates.append(reported.rate)
            ratios.append(reported.rate / bare.rate)
        memory = resident_megabytes(process.pid)
    middle = ROUNDS // 2
    return [
        Goal("report an incident: rate beside the bare reference", sorted(ratios)[middle], 0.10, "×", at_least=True),
        Goal("report an incident: backlog drained after the load", sorted(drains)[middle], 5, "s"),
        Goal("platform process, resident memory after the load", memory, 400, "MB"),
        Goal("platform ready with the demo organisation loaded", loaded, 15, "s"),
        Goal("report an incident: rate (no goal of its own)", sorted(rates)[middle], 0, "/s", at_least=True),
    ]


@contextlib.contextmanager
def platform(url: str, home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` on this database, without the dashboard and without the limits that hold one client back."""
    unlimited = {
        "AFTERCARE_DATABASE_URL": url,
        "AFTERCARE_GATEWAY_REQUESTS_PER_SECOND": "100000",
        "AFTERCARE_GATEWAY_REQUESTS_BURST": "100000",
    }
    command = [sys.executable, "-m", "deploy.run", "--port", str(port), "--home", str(home), "--without-dashboard"]
    with started(command, unlimited) as process:
        yield process


@contextlib.contextmanager
def reference(url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bench.reference", "--port", str(port), "--database-url", url]
    with started(command, {}) as process:
        yield process


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _bare(port: int) -> Load:
    def body(number: int) -> dict[str, Any]:
        return {"title": f"Fault {number}", "description": "The core switch is without power."}

    await _until_answers(port, "/docs")
    return await post(port, "/incidents", body, clients=CLIENTS, requests=REQUESTS * 2, headers={})


async def _reports(port: int, demo: dict[str, Any]) -> Load:
    def body(number: int) -> dict[str, Any]:
        return {
            "title": f"Fault {number}",
            "description": "The core switch is without power.",
            "asset_id": demo["switch_id"],
            "contact_name": "Demo contact",
        }

    headers = {"Authorization": f"Bearer {demo['key']}"}
    return await post(port, "/v1/incidents", body, clients=CLIENTS, requests=REQUESTS, headers=headers)


async def drained(url: str, within_seconds: int = DRAIN_SECONDS) -> float:
    """Seconds until every event said up to now has left; what those cause in turn (webhook calls) is not waited for."""
    began = time.perf_counter()
    connection = await asyncpg.connect(plain_url(url))
    said = {
        name: await connection.fetchval(f"SELECT coalesce(max(id), 0) FROM {name}.outbox") for name in catalogue.NAMES
    }
    backlog = " UNION ALL ".join(
        f"SELECT 1 FROM {name}.outbox WHERE sent_at IS NULL AND id <= {last}" for name, last in said.items()
    )
    for _ in range(within_seconds * 20):
        if not await connection.fetchval(f"SELECT EXISTS ({backlog})"):
            await connection.close()
            return time.perf_counter() - began
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the backlog was not drained in {within_seconds} s")


async def welcomed(home: Path) -> None:
    """Wait until the demo organisation is there and its people can sign in, which is written down last."""
    await _until((home / ".aftercare" / "sign-ins.json").exists)


async def _until(done: Callable[[], bool]) -> None:
    for _ in range(START_SECONDS * 20):
        if done():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"not ready in {START_SECONDS} s")


async def _until_answers(port: int, path: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(START_SECONDS * 20):
            with contextlib.suppress(httpx.TransportError):
                await client.get(f"http://127.0.0.1:{port}{path}")
                return
            await asyncio.sleep(0.05)
    raise TimeoutError(f"port {port} does not answer")


def resident_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
