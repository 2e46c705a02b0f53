"""A load of keep-alive HTTP/1.1 clients, light enough to leave the machine to the server it measures."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Body = Callable[[int], dict[str, Any]]


@dataclass
class Load:
    """What a load measured: answers per second, and the time of each answer in seconds."""

    seconds: float
    latencies: list[float] = field(repr=False)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, fraction: float) -> float:
        """The latency in milliseconds that this fraction of answers did not exceed."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]


class BadAnswer(Exception):
    """The server answered something else than success; a benchmark of failures says nothing."""


async def post(port: int, path: str, body: Body, *, clients: int, requests: int, headers: dict[str, str]) -> Load:
    """Post `requests` bodies from so many clients, each one connection; raises BadAnswer for any but a 2xx."""
    numbers = iter(range(requests))
    latencies: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            payload = json.dumps(body(number)).encode()
            lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json"]
            lines += [f"Content-Length: {len(payload)}", *(f"{name}: {value}" for name, value in headers.items())]
            begun = time.perf_counter()
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
            await _answer(reader)
            latencies.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(time.perf_counter() - begun, latencies)


async def get(port: int, path: str, *, requests: int, headers: dict[str, str]) -> Load:
    """Ask the same so many times, one after the other over one connection; raises BadAnswer for any but a 2xx."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    latencies = []
    begun = time.perf_counter()
    for _ in range(requests):
        asked = time.perf_counter()
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        await _answer(reader)
        latencies.append(time.perf_counter() - asked)
    writer.close()
    return Load(time.perf_counter() - begun, latencies)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    body = await reader.readexactly(int(fields["content-length"])) if "content-length" in fields else b""
    if not 200 <= status < 300:
        raise BadAnswer(f"{status}: {body[:300]!r}")
