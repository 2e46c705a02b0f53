"""The forwarder: one function over `Upstream`. It streams both ways, and keeps neither body in memory."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.front.problems import NoAnswer, answer_problem
from shared.errors import AftercareError, Unexpected

EXTENDED_EVERY = 0.1
"""As a share of the time allowed: the deadline is that exact."""
log = structlog.get_logger()


class Upstream(Protocol):
    """A service as the front reaches it: an ASGI application, wherever it runs. `close` once, at the end."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def close(self) -> None: ...


class InProcess:
    """A service in this process: its application is called, and nothing lies between."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def close(self) -> None:
        """Nothing is held open."""


class Passage:
    """One request on its way: until the answer begins, both sides together have `seconds` from piece to piece."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.begun = self.ended = self.client_gone = False
        self._receive, self._send, self._seconds = receive, send, seconds
        self._extended_at = asyncio.get_running_loop().time()
        self.deadline = asyncio.timeout(seconds)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.client_gone = True
        elif not self.begun:
            self._extend_for_piece(asyncio.get_running_loop().time())
        return message

    def _extend_for_piece(self, now: float) -> None:
        """Moving the deadline costs more than passing a piece on, so a late piece moves it, not each of many."""
        if now - self._extended_at > self._seconds * EXTENDED_EVERY:
            self._extended_at = now
            self._extend(now + self._seconds)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self._extend(None)
        elif not message.get("more_body"):
            self.ended = True
        await self._send(message)

    def _extend(self, until: float | None) -> None:
        if not self.deadline.expired():
            self.deadline.reschedule(until)


async def forward(upstream: Upstream, scope: Scope, receive: Receive, send: Send, *, seconds: float) -> None:
    """Let the upstream answer. Its failure before the answer has begun is a problem+json; after, a broken-off answer.

    504 when the answer does not begin within `seconds` of the last piece of the body, 503 when nobody is there, 500
    when it crashes.
    """
    passage = Passage(receive, send, seconds)
    problem: AftercareError = Unexpected()
    try:
        async with passage.deadline:
            await upstream(scope, passage.receive, passage.send)
    except AftercareError as expected:
        problem = expected
    except Exception as crash:
        if passage.ended:  # Starlette raises again what it has answered and logged
            log.warning("upstream_raised_after_its_answer", problem=type(crash).__name__)
        elif not passage.client_gone and not passage.deadline.expired():
            log.error("upstream_crashed", exc_info=crash)
    if passage.begun or passage.client_gone:
        return
    await answer_problem(NoAnswer() if passage.deadline.expired() else problem, scope, receive, send)
