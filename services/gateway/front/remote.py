"""A service in another process, over HTTP: no redirects, no proxies, no cookies, nothing of the hop between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import cast

import httpx
from starlette.types import Receive, Scope, Send

from services.gateway.front.problems import NoAnswer
from shared.errors import PROBLEM, Unavailable, Unexpected

CONNECT_SECONDS = 3.0
IDLE_SECONDS = 2.0
"""Idle connections go before uvicorn closes them (after 5 s), so that no request meets a closing one."""
HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection")
) | {b"te", b"trailer", b"transfer-encoding", b"upgrade"}
SET_BY_OUR_SERVER = frozenset((b"date", b"server"))
RawHeaders = list[tuple[bytes, bytes]]


class Remote:
    """The forwarder's door to `base_url`. The forwarder keeps the time; here only connecting has a limit."""

    def __init__(self, base_url: str, *, connect_seconds: float = CONNECT_SECONDS) -> None:
        self._base = httpx.URL(base_url)
        self._patience = {"connect": connect_seconds, "pool": connect_seconds, "read": None, "write": None}
        limits = httpx.Limits(max_connections=500, max_keepalive_connections=50, keepalive_expiry=IDLE_SECONDS)
        self._transport = httpx.AsyncHTTPTransport(retries=0, limits=limits, trust_env=False)

    async def close(self) -> None:
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, empty=not _has_body(scope["headers"]))
        exchange = asyncio.ensure_future(self._exchange(scope, body, send))
        watch = asyncio.ensure_future(body.client_gone())
        watch.add_done_callback(lambda _: exchange.cancel())
        try:
            await exchange
        except asyncio.CancelledError:
            if not body.gone:
                raise
        finally:
            watch.cancel()

    async def _exchange(self, scope: Scope, body: _Body, send: Send) -> None:
        request = httpx.Request(
            scope["method"],
            self._base.copy_with(raw_path=_target(scope)),
            headers=_end_to_end(scope["headers"]),
            content=None if body.empty else body,
            extensions={"timeout": self._patience},
        )
        response = await self._answer(request)
        try:
            headers = _end_to_end(response.headers.raw, SET_BY_OUR_SERVER)
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            async for chunk in cast(httpx.AsyncByteStream, response.stream):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await response.aclose()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """The answer once it has begun. Raises Unavailable, NoAnswer, or Unexpected for a crash over there."""
        try:
            response = await self._transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise Unavailable() from problem
        except httpx.TransportError as problem:
            raise NoAnswer() from problem
        if response.status_code == 500 and response.headers.get("content-type") != PROBLEM:
            await response.aclose()
            raise Unexpected()
        return response


class _Body:
    """The request's body, piece by piece; then the one who notices that the client has gone."""

    def __init__(self, receive: Receive, *, empty: bool) -> None:
        self.empty, self.gone = empty, False
        self._receive, self._sent = receive, asyncio.Event()
        if empty:
            self._sent.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                raise ConnectionAbortedError("the client is gone")
            yield message.get("body", b"")
            more = message.get("more_body", False)
        self._sent.set()

    async def client_gone(self) -> None:
        await self._sent.wait()
        while not self.gone:
            self.gone = (await self._receive())["type"] == "http.disconnect"


def _target(scope: Scope) -> bytes:
    path: bytes = scope["raw_path"]
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers)


def _end_to_end(headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes] = frozenset()) -> RawHeaders:
    """The headers that are meant for the other end: not those of the hop, nor those `Connection` names."""
    lowered = [(name.lower(), value) for name, value in headers]
    named = {part.strip().lower() for name, value in lowered if name == b"connection" for part in value.split(b",")}
    return [(name, value) for name, value in lowered if name not in HOP_BY_HOP | named | dropped]
