"""A platform that stands, with its demo organisation loaded: what questions over HTTP are put to."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bench.report_path import platform, welcomed
from clients.api import sign_in
from clients.sign_in import read_sign_ins
from deploy.machine import free_ports
from deploy.postgres_node import PostgresNode
from shared.db import plain_url

Headers = dict[str, str]


@dataclass(frozen=True)
class Standing:
    """`staff` may do everything; `customers` is the demo hospital's own key. `admin`: the database's administrator."""

    url: str
    port: int
    demo: dict[str, Any]
    staff: Headers
    customers: Headers
    admin: asyncpg.Connection[asyncpg.Record]


@asynccontextmanager
async def standing() -> AsyncIterator[Standing]:
    with _database() as (url, home):
        [port] = free_ports(1)
        with platform(url, home, port):
            await welcomed(home)
            yield await _opened(url, port, home / ".aftercare")


@contextmanager
def _database() -> Iterator[tuple[str, Path]]:
    """A server of its own, and the folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        node = PostgresNode()
        try:
            yield node.start(home / "postgres"), home
        finally:
            node.stop()


async def _opened(url: str, port: int, kept: Path) -> Standing:
    sign_ins = read_sign_ins(kept / "sign-ins.json")
    who = sign_ins.administrator
    token = (await sign_in(sign_ins.base_url, who.email, who.password)).token
    demo = json.loads((kept / "demo.json").read_text(encoding="utf-8"))
    admin = await asyncpg.connect(plain_url(url), command_timeout=900)
    return Standing(url, port, demo, _bearer(token), _bearer(demo["key"]), admin)


def _bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}
