"""Facts that come about in real time, awaited by asking for them again and again until a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 30.0


async def eventually(
    ask: Callable[[], Awaitable[T]], true: Callable[[T], Any], patience: float = PATIENCE_SECONDS
) -> T:
    """The first answer that is as it should be. Raises AssertionError with the last one when that takes too long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while not true(answer := await ask()):
        assert loop.time() < deadline, answer
        await asyncio.sleep(POLL_SECONDS)
    return answer
