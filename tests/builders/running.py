"""A platform that runs as it does for people: its loops awake, its gateway on a private port, in real time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from clients.recorder import Recorder
from clients.sign_in import SignIn
from services import catalogue
from services.gateway.people.actions import bootstrap_administrator
from services.process import Process, app_of, build
from shared.db import Caller
from shared.settings import PlatformSettings
from tests.harness import PUBLIC_KEY, told_settings

ADMINISTRATOR = SignIn(email="administrator@demo.example", password="administrator-password")


@dataclass(frozen=True)
class Running:
    """Where it answers, and the recorder that is its outside world."""

    url: str
    recorder: Recorder
    process: Process


@asynccontextmanager
async def running_platform(admin_url: str) -> AsyncIterator[Running]:
    """All services in this process on a migrated database, with nobody in it but the administrator."""
    recorder = Recorder()
    await recorder.start()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        told: dict[str, dict[str, Any]] = told_settings(recorder)
        told["feedback"]["public_url"] = url
        settings = {name: catalogue.settings_class(name)(**told.get(name, {})) for name in catalogue.NAMES}
        process = build(
            catalogue.NAMES, "all", PlatformSettings(database_url=admin_url, principal_key=PUBLIC_KEY), settings
        )
        await process.start()
        server = uvicorn.Server(uvicorn.Config(app_of(process, settings), log_config=None, access_log=False, ws="none"))
        serving = asyncio.create_task(server.serve([listening]))
        await _bootstrap(process)
        yield Running(url, recorder, process)
        server.should_exit = True
        await serving
        await process.stop()
    await recorder.stop()


async def _bootstrap(process: Process) -> None:
    async with process.runtimes["gateway"].database.transaction(Caller("system:gateway", "system")) as session:
        await bootstrap_administrator(
            session,
            email=ADMINISTRATOR.email,
            password=ADMINISTRATOR.password,
            name_zh="演示管理员",
            name_en="Demo administrator",
        )
