"""A typed client of the public API, and the failures a caller tells apart.

Writes carry an Idempotency-Key, so that every request may be repeated after a lost connection. The addresses stay in
sight of the caller: what the API offers is in docs/openapi.json, and is not told a second time here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError
from uuid_utils.compat import uuid7

from clients.language import LOCALES
from clients.models import Session
from clients.models.base import readable

TRIES = 3
PAUSE_SECONDS = 0.1
READS = frozenset({"GET", "HEAD"})
LOST = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
PAGE = 200

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Problem(Exception):
    """The platform refused: `code` is what to switch on, `detail` a sentence in the client's language."""

    def __init__(self, status: int, code: str, detail: str, members: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.members = status, code, detail, dict(members)

    def to_data(self) -> dict[str, Any]:
        """The problem as the platform told it (RFC 9457)."""
        return {"status": self.status, "code": self.code, "detail": self.detail, **self.members}


class Unreachable(Exception):
    """Nothing answers at the address, or what answers is not the platform; the text is the reason."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(reason)
        self.address, self.reason = address, reason


class Aftercare:
    """One caller of one platform: `async with Aftercare(url, token, "zh") as api`. Raises Problem and Unreachable.

    `token` is a session's or an API key. A program without a loop of its own wraps its calls in `asyncio.run`.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        language: str = "en",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.language = language
        headers = {"Accept-Language": LOCALES[language]}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            headers=headers,
            timeout=httpx.Timeout(30.0, connect=5.0),
            transport=transport,
            trust_env=not _is_this_machine(self.base_url),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, of: type[M], path: str, **query: Any) -> M:
        """The one record at this address."""
        return self._parsed(TypeAdapter(of), await self._send("GET", path, query=query))

    async def pages(self, of: type[M], path: str, **query: Any) -> AsyncIterator[M]:
        """Each record of a list in the platform's order; further pages are fetched as they are needed."""
        records: TypeAdapter[list[M]] = TypeAdapter(list[of])  # type: ignore[valid-type]  # a type known only at run time
        answer = await self._send("GET", path, query={"limit": PAGE, **query})
        while True:
            for record in self._parsed(records, answer):
                yield record
            following = answer.links.get("next", {}).get("url")
            if following is None:
                return
            answer = await self._send("GET", following)

    async def page(self, of: type[M], path: str, **query: Any) -> tuple[list[M], bool]:
        """The first page of a list, and whether there are more."""
        records: TypeAdapter[list[M]] = TypeAdapter(list[of])  # type: ignore[valid-type]  # a type known only at run time
        answer = await self._send("GET", path, query=query)
        return self._parsed(records, answer), "next" in answer.links

    async def all(self, of: type[M], path: str, **query: Any) -> list[M]:
        """The records of all pages."""
        return [record async for record in self.pages(of, path, **query)]

    async def post(self, of: type[M], path: str, **body: Any) -> M:
        """Create something, or move it on; the members of the body are the keyword arguments."""
        return self._parsed(TypeAdapter(of), await self._send("POST", path, body=body))

    async def put(self, of: type[M], path: str, **body: Any) -> M:
        return self._parsed(TypeAdapter(of), await self._send("PUT", path, body=body))

    async def patch(self, of: type[M], path: str, *, version: int, **body: Any) -> M:
        """Change a record that is still at this version; else the platform refuses with `version_mismatch`."""
        return self._parsed(
            TypeAdapter(of), await self._send("PATCH", path, body=body, headers={"If-Match": f'"{version}"'})
        )

    async def post_at(self, of: type[M], path: str, *, version: int, **body: Any) -> M:
        """Move on a record that is still at this version; else the platform refuses with `version_mismatch`."""
        headers = {"If-Match": f'"{version}"'}
        return self._parsed(TypeAdapter(of), await self._send("POST", path, body=body, headers=headers))

    async def mark(self, path: str) -> None:
        """Put what needs no words, such as a watcher, at its address."""
        await self._send("PUT", path, body={})

    async def delete(self, path: str, **query: Any) -> None:
        await self._send("DELETE", path, query=query)

    async def upload(self, of: type[M], path: str, content: bytes, media_type: str, **query: Any) -> M:
        """Send a file; what it is about stands in the query."""
        headers = {"Content-Type": media_type}
        return self._parsed(
            TypeAdapter(of), await self._send("POST", path, query=query, content=content, headers=headers)
        )

    @asynccontextmanager
    async def download(self, path: str, **query: Any) -> AsyncIterator[httpx.Response]:
        """A file as it comes, for `aiter_bytes`; it is not tried again."""
        request = self._http.build_request("GET", path, params=_given(query))
        try:
            answer = await self._http.send(request, stream=True)
        except httpx.HTTPError as failed:
            raise Unreachable(self.base_url, str(failed) or type(failed).__name__) from failed
        try:
            if not answer.is_success:
                await answer.aread()
                raise _problem(answer)
            yield answer
        finally:
            await answer.aclose()

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            path,
            params=None if query is None else _given(query),
            content=content,
            json=None if body is None else TypeAdapter(dict[str, Any]).dump_python(dict(body), mode="json"),
            headers={**(headers or {}), **({} if method in READS else {"Idempotency-Key": str(uuid7())})},
        )
        answer = await self._answered(request)
        if answer.is_success:
            return answer
        raise _problem(answer)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._http.send(request)
            except LOST as lost:
                if attempt == TRIES:
                    raise Unreachable(self.base_url, str(lost) or type(lost).__name__) from lost
                await asyncio.sleep(PAUSE_SECONDS * attempt)
            except (httpx.HTTPError, httpx.InvalidURL) as failed:
                raise Unreachable(self.base_url, str(failed) or type(failed).__name__) from failed
        raise AssertionError("the last attempt returns or raises")

    def _parsed(self, of: TypeAdapter[T], answer: httpx.Response) -> T:
        try:
            return of.validate_json(answer.content)
        except ValidationError as unlike:
            reason = f"{answer.request.method} {answer.request.url.path}: {unlike.errors()[0]['msg']}"
            raise Unreachable(self.base_url, reason) from unlike


async def sign_in(
    base_url: str,
    email: str,
    password: str,
    language: str = "en",
    transport: httpx.AsyncBaseTransport | None = None,
) -> Session:
    """A new session of a person. Raises Problem for a wrong password, Unreachable where nothing answers."""
    async with Aftercare(base_url, None, language, transport) as api:
        return await api.post(Session, "/v1/sessions", email=email, password=password)


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _problem(answer: httpx.Response) -> Problem:
    try:
        told = readable(answer.json())
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {}
    members = {name: value for name, value in told.items() if name not in ("status", "code", "detail")}
    detail = str(told.get("detail") or f"HTTP {answer.status_code} {answer.reason_phrase}")
    return Problem(answer.status_code, str(told.get("code") or f"http_{answer.status_code}"), detail, members)


def _is_this_machine(base_url: str) -> bool:
    """Loopback addresses are never asked through a proxy of the environment."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
