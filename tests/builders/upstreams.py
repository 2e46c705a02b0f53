"""An upstream of the forwarder, in this process or behind a real server, and a client by hand for both."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.front.forward import InProcess, Upstream, forward
from services.gateway.front.remote import Remote


def answering(seen: list[Scope], status: int = 200, **headers: str) -> ASGIApp:
    """A service that keeps what it was asked, reads the body, and says `hello`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        while (message := await receive())["type"] == "http.request" and message.get("more_body"):
            pass
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"hello"})

    return app


@asynccontextmanager
async def in_process(app: ASGIApp) -> AsyncIterator[Upstream]:
    yield InProcess(app)


@asynccontextmanager
async def remote(app: ASGIApp) -> AsyncIterator[Upstream]:
    """Behind a real server on a private port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
        running = uvicorn.Server(config)
        serving = asyncio.create_task(running.serve([listening]))
        upstream = Remote(f"http://127.0.0.1:{listening.getsockname()[1]}")
        yield upstream
        await upstream.close()
        running.should_exit = running.force_exit = True
        await serving


@dataclass
class Client:
    """A client by hand: hands out its body piece by piece, takes the answer piece by piece, or leaves."""

    method: str = "GET"
    path: str = "/"
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: AsyncIterator[bytes] | None = None
    on_piece: Callable[[bytes], Awaitable[None]] | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event)
    status: int = 0
    answered: list[tuple[bytes, bytes]] = field(default_factory=list)
    text: bytes = b""
    complete: bool = False

    async def ask(self, upstream: Upstream, *, seconds: float = 20) -> Client:
        announced = [(b"transfer-encoding", b"chunked")] if self.body else []
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "headers": [(b"host", b"door.example"), *self.headers, *announced],
            "client": ("10.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
        }
        async with asyncio.timeout(60):
            await forward(upstream, scope, self.receive, self.send, seconds=seconds)
        return self

    async def receive(self) -> Message:
        if self.body is not None:
            piece = await anext(self.body, None)
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": True}
            self.body = None
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert not self.status, "the answer began twice"
            self.status, self.answered = message["status"], message["headers"]
            return
        piece = message.get("body", b"")
        self.complete = not message.get("more_body", False)
        if self.on_piece:
            await self.on_piece(piece)
        else:
            self.text += piece

    def problem(self) -> tuple[int, str, str]:
        content_type = dict(self.answered)[b"content-type"].decode()
        return self.status, content_type, orjson.loads(self.text)["code"]


async def start(send: Send, status: int = 200, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def end(send: Send, body: bytes = b"") -> None:
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def read_all(receive: Receive) -> bytes:
    read, more = b"", True
    while more:
        message = await receive()
        read += message.get("body", b"")
        more = message.get("more_body", False)
    return read
