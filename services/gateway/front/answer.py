"""Headers on the way in and out: who asks and which trace it is, and what protects the reader of the answer."""

from __future__ import annotations

import re
import secrets

from starlette.types import Message, Scope, Send

from services.gateway.front.problems import header
from services.gateway.front.table import Route
from shared.auth import HEADER

POLICY = (
    b"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
"""For JSON and for server-rendered pages: no scripts at all. A page that needs more states its own."""
PROTECTION = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
UNLESS_STATED = ((b"content-security-policy", POLICY), (b"cache-control", b"no-store"))
ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
PRINCIPAL = HEADER.encode()
OURS = frozenset((PRINCIPAL, b"traceparent", b"x-request-id"))
OURS_AND_TOKEN = OURS | {b"authorization"}


def passed_headers(
    scope: Scope, request_id: str, route: Route, statement: bytes, traceparent: str
) -> list[tuple[bytes, bytes]]:
    """The request's headers with the signed principal; a client's own copy of it never passes.

    The token goes no further than the gateway's own routes: the services need the principal only.
    """
    ends_here = OURS if route.service == "gateway" else OURS_AND_TOKEN
    passed = [(name, value) for name, value in scope["headers"] if name not in ends_here]
    passed.append((PRINCIPAL, statement))
    passed.append((b"x-request-id", request_id.encode()))
    passed.append((b"traceparent", traceparent.encode()))
    return passed


def callers_traceparent(scope: Scope) -> str | None:
    """The caller's W3C trace context, when it has one that is valid."""
    given = header(scope, b"traceparent")
    return given.decode() if given and TRACEPARENT.fullmatch(given) else None


def new_traceparent() -> str:
    random = secrets.token_hex(24)
    return f"00-{random[:32]}-{random[32:]}-01"


class Answer:
    """The way back to the client. `service` is who answers; `status` is what it said."""

    def __init__(self, send: Send, scope: Scope, request_id: str) -> None:
        self.begun, self.status, self.service, self.request_id = False, 0, "front", request_id
        self._send, self._https = send, scope.get("scheme") == "https"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = True, message["status"]
            message = {**message, "headers": self._headers(message)}
        await self._send(message)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        headers = list(message.get("headers", ()))
        stated = {name for name, _ in headers}
        headers.extend(PROTECTION)
        headers.extend(given for given in UNLESS_STATED if given[0] not in stated)
        headers.append((b"x-request-id", self.request_id.encode()))
        if self._https:
            headers.append(ONLY_HTTPS)
        return headers
