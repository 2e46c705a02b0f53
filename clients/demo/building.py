"""How the demo builds: look before making, and wait while one service's news travels to another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from clients.api import Aftercare, Problem

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 15.0


async def ensure(api: Aftercare, of: type[M], path: str, body: Mapping[str, Any], **known_by: Any) -> M:
    """The record of a list that has these members, or a new one with this body."""
    async for there in api.pages(of, path):
        if all(getattr(there, name) == value for name, value in known_by.items()):
            return there
    return await api.post(of, path, **body)


async def once_known(call: Callable[[], Awaitable[T]]) -> T:
    """The answer of a call about something that another service may not have heard of yet (404 until it has)."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            return await call()
        except Problem as problem:
            if problem.status != 404 or loop.time() >= deadline:
                raise
        await asyncio.sleep(POLL_SECONDS)
