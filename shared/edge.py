"""The edge of a service over HTTP: who asks, may they, one transaction around the route, one answer to a repeat.

The commit comes before the answer leaves. A route is parse -> one action or query -> schema, and commits nothing.
An If-Match that the action did not look at is refused: a precondition is never passed over in silence. A file that
comes in is in the store before the transaction begins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from shared.auth import HEADER, Need, Principal, Verifier, need_of
from shared.db import Database, Transactions, context
from shared.errors import IdempotencyKeyReused, MalformedRequest, PreconditionUnsupported
from shared.files import Files, StoredFile
from shared.mechanisms import table
from shared.now import system_seconds
from shared.tracing import Tracer

READS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_KEY = 255
KEPT_HEADERS = ("content-type", "etag", "location")
TAG = re.compile(r'(?:W/)?"(\d{1,18})"', re.ASCII)
"""One of our tags. A proxy that packs the answer may have weakened it; it still names the version."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
T = TypeVar("T")


class Behind(Protocol):
    """What the edge has of the service behind it: its runtime (shared/service.py)."""

    verifier: Verifier
    database: Database
    tracer: Tracer

    @property
    def files(self) -> Files: ...


class UnmarkedRoute(Exception):
    """A route does not state what it needs of its caller. A programming error."""


class Edge(APIRoute):
    """A route in one transaction. Refuses to be built without a `needs(...)`, `signed_in()` or `public()` mark."""

    def get_route_handler(self) -> Handler:
        need = need_of(self.endpoint)
        if need is None:
            raise UnmarkedRoute(f"{self.path}: say needs(permission), signed_in() or public()")
        answer, with_file = super().get_route_handler(), getattr(self.endpoint, "aftercare_file", False)

        async def in_one_transaction(request: Request) -> Response:
            request.state.with_file = with_file
            return await _serve(request, need, answer)

        return in_one_transaction


async def _serve(request: Request, need: Need, answer: Handler) -> Response:
    runtime: Behind = request.app.state.runtime
    method, path = request.method, request.scope["route"].path
    about = {"http.request.method": method, "http.route": path}
    given = request.headers.get("traceparent")
    with runtime.tracer.span(f"{method} {path}", "server", about, parent=given) as span:
        response = await _in_transaction(runtime, request, need, answer, span.traceparent)
        span.answered(response.status_code)
        return response


async def _in_transaction(
    runtime: Behind, request: Request, need: Need, answer: Handler, traceparent: str | None
) -> Response:
    principal = runtime.verifier.verify(request.headers.get(HEADER), system_seconds())
    principal.meet(need)
    request.state.principal = principal
    if request.state.with_file:
        request.state.file = await _received(request, runtime.files)
    caller = replace(
        principal.caller(need),
        traceparent=traceparent,
        expected_versions=_expected_versions(request),
    )
    reading = request.method in READS
    async with runtime.database.transaction(caller, read_only=reading) as session:
        request.state.session = session
        request.state.reading = partial(runtime.database.transaction, caller, read_only=True)
        key = None if reading else request.headers.get("idempotency-key")
        if key is None:
            return await _answered(request, session, answer)
        if not 0 < len(key) <= LONGEST_KEY:
            raise MalformedRequest()
        return await _once(request, session, principal, key, answer)


async def _received(request: Request, files: Files) -> StoredFile:
    """The file in the body. Raises MalformedRequest when it breaks off, and what `Files.receive` refuses."""
    try:
        return await files.receive(request.stream(), request.headers.get("content-type"))
    except ClientDisconnect as problem:
        raise MalformedRequest() from problem


async def _answered(request: Request, session: AsyncSession, answer: Handler) -> Response:
    response = await answer(request)
    ctx = context(session)
    if ctx.expected_versions and not ctx.version_checked and request.method not in READS:
        raise PreconditionUnsupported()
    return response


async def _once(request: Request, session: AsyncSession, principal: Principal, key: str, answer: Handler) -> Response:
    """Run the route once per (caller, key): a repeat gets the stored answer, a concurrent repeat waits for it.

    An answer that says `Cache-Control: no-store` hands out a secret: it is not kept, so a repeat is a new request.
    """
    rows = table(session, "idempotency")
    owner = f"{principal.actor} {request.method} {request.url.path}"
    body = request.state.file.sha256.encode() if request.state.with_file else await request.body()
    fingerprint = hashlib.sha256(request.url.query.encode() + b"\n" + body).digest()
    taken = insert(rows).values(owner=owner, key=key, fingerprint=fingerprint).on_conflict_do_nothing()
    if (await session.execute(taken.returning(rows.c.key))).first() is None:
        mine = select(rows).where(rows.c.owner == owner, rows.c.key == key)
        stored = (await session.execute(mine)).one()
        if stored.fingerprint != fingerprint:
            raise IdempotencyKeyReused()
        return Response(stored.body, stored.status, {**stored.headers, "Idempotency-Replayed": "true"})
    response = await _answered(request, session, answer)
    if response.headers.get("cache-control") == "no-store":
        await session.execute(delete(rows).where(rows.c.owner == owner, rows.c.key == key))
    elif not isinstance(response, StreamingResponse):
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        done = update(rows).where(rows.c.owner == owner, rows.c.key == key)
        await session.execute(done.values(status=response.status_code, headers=kept, body=bytes(response.body)))
    return response


def _expected_versions(request: Request) -> frozenset[int]:
    """The versions that If-Match names; none without it or for `*`. Raises MalformedRequest, also for an empty one."""
    stated = request.headers.getlist("if-match")
    named = ",".join(stated).strip()
    if not stated or named == "*":
        return frozenset()
    tags = [TAG.fullmatch(tag.strip()) for tag in named.split(",")]
    if not all(tags):
        raise MalformedRequest()
    return frozenset(int(tag[1]) for tag in tags if tag)


async def _session_of(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _principal_of(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


async def _reading_of(request: Request) -> Transactions:
    reading: Transactions = request.state.reading
    return reading


async def _file_of(request: Request) -> StoredFile:
    file: StoredFile = request.state.file
    return file


async def _files_of(request: Request) -> Files:
    files: Files = request.app.state.runtime.files
    return files


Session = Annotated[AsyncSession, Depends(_session_of)]
Reading = Annotated[Transactions, Depends(_reading_of)]
"""Opens a transaction that reads for the same caller: an answer that is streamed goes on when the route's is over."""
By = Annotated[Principal, Depends(_principal_of)]
ReceivedFile = Annotated[StoredFile, Depends(_file_of)]
ServiceFiles = Annotated[Files, Depends(_files_of)]
A_FILE = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}
"""What a route that takes a file says of its body in the OpenAPI description (`openapi_extra`)."""


def takes_file(endpoint: T) -> T:
    """Mark a route whose body is a file, which it gets as `ReceivedFile`."""
    endpoint.aftercare_file = True  # type: ignore[attr-defined]  # a function takes any attribute
    return endpoint


def router(prefix: str = "", **options: Any) -> APIRouter:
    """A router whose routes run at the edge as described above."""
    return APIRouter(prefix=prefix, route_class=Edge, **options)


def tagged(response: Response, row: T) -> T:
    """Give the answer the row's version as its ETag, which a later If-Match names."""
    response.headers["ETag"] = f'"{row.version}"'  # type: ignore[attr-defined]  # a Versioned row by contract
    return row
