"""Calls a webhook receiver, and only one that is safe to call: no inner address, no redirect, no proxy.

It decides neither when to call nor what happens to an endpoint that fails.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext, SSLError

import httpx

from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from services.notify.webhooks.domain import is_denied

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Numeric addresses of a host name, best first; raises OSError when there are none."""

PUBLIC_PORTS = frozenset({443, 8443})
LONGEST_URL = 2048
LARGEST_REPLY = 16 * 1024
CONNECT_SECONDS = 3.0
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?|[0-9A-Fa-f:]+(\d+\.\d+\.\d+\.\d+)?")


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver fit to be called: its URL and the addresses that were checked; only these are dialled."""

    url: httpx.URL
    port: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answered, its body cut at LARGEST_REPLY bytes and never unpacked."""

    status: int
    headers: httpx.Headers
    body: bytes


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, which also reads forms such as 0x7f.1 and 2130706433."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def call(
    receiver_url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: frozenset[str],
    timeout: float,
    resolve: Resolver = system_addresses,
    tls: SSLContext | None = None,
) -> Outcome:
    """POST the body once and say how it ended; `timeout` bounds the whole try, in seconds.

    `allowed` are exceptions as address:port ("127.0.0.1:8026", "[::1]:8026"): these may be inner addresses,
    plain http and any port. A redirect is a failure and is not followed, 410 means never again, everything
    else that is not 2xx may pass (Standard Webhooks 1.0.0).
    """
    reply = await post(receiver_url, headers, body, allowed=allowed, timeout=timeout, resolve=resolve, tls=tls)
    return _judged(reply) if isinstance(reply, Reply) else reply


async def post(
    receiver_url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: frozenset[str],
    timeout: float,
    resolve: Resolver = system_addresses,
    tls: SSLContext | None = None,
) -> Reply | Refused | TryLater:
    """As `call`, for channels that must read the reply to know how it ended."""
    deadline = asyncio.get_running_loop().time() + timeout
    async with httpx.AsyncClient(
        verify=tls or _public_authorities(), trust_env=False, follow_redirects=False
    ) as client:
        try:
            async with asyncio.timeout_at(deadline):
                receiver = await checked_receiver(receiver_url, allowed=allowed, resolve=resolve)
                if not isinstance(receiver, Receiver):
                    return receiver
                response = await _first_answer(client, receiver, headers, body)
        except (TimeoutError, httpx.TimeoutException):
            return TryLater("timed_out")
        except httpx.ConnectError as error:
            return TryLater("tls_failed" if _is_about_tls(error) else "not_connected")
        except (httpx.HTTPError, OSError):
            return TryLater("broken_off")
        return Reply(response.status_code, response.headers, await _body_until(response, deadline))


async def checked_receiver(
    receiver_url: str, *, allowed: frozenset[str], resolve: Resolver = system_addresses
) -> Receiver | Refused | TryLater:
    """Resolve the receiver once and check every address it has; one bad address refuses it."""
    url = _parsed(receiver_url)
    if url is None:
        return Refused("receiver_url_not_valid")
    port = _port(url)
    try:
        addresses = tuple(dict.fromkeys(await resolve(_name(url), port)))
        refusal = _refusal(url, addresses, allowed)
    except (OSError, ValueError):
        return TryLater("receiver_not_found")
    if not addresses:
        return TryLater("receiver_not_found")
    return refusal or Receiver(url, port, addresses)


def refusal_of(receiver_url: str, *, allowed: frozenset[str]) -> Refused | None:
    """Why a receiver would never be called, as far as that shows without the network; None: it may be.

    A numeric address is judged; a name is resolved at each call, and its addresses are judged then.
    """
    url = _parsed(receiver_url)
    if url is None:
        return Refused("receiver_url_not_valid")
    port = _port(url)
    try:
        found = socket.getaddrinfo(_name(url), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        may_be_excepted = any(authority.endswith(f":{port}") for authority in allowed)
        return None if may_be_excepted else _refusal_in_public(url)
    return _refusal(url, [str(address[0]) for *_, address in found], allowed)


def _refusal(url: httpx.URL, addresses: Sequence[str], allowed: frozenset[str]) -> Refused | None:
    """Raises ValueError when one of the addresses is none."""
    not_excepted = [address for address in addresses if _authority(address, _port(url)) not in allowed]
    if any(is_denied(address) for address in not_excepted):
        return Refused("receiver_address_denied")
    return _refusal_in_public(url) if not_excepted else None


def _refusal_in_public(url: httpx.URL) -> Refused | None:
    if url.scheme != "https":
        return Refused("receiver_not_https")
    return None if _port(url) in PUBLIC_PORTS else Refused("receiver_port_denied")


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _parsed(receiver_url: str) -> httpx.URL | None:
    """The URL by the very parser that will be used to call it, or None when it is not one we call."""
    if len(receiver_url) > LONGEST_URL:
        return None
    try:
        url = httpx.URL(receiver_url)
    except httpx.InvalidURL:
        return None
    fits = url.scheme in ("http", "https") and not url.userinfo and url.port != 0 and (url.port or 1) < 65536
    return url if fits and _HOST.fullmatch(url.raw_host.decode()) else None


async def _first_answer(
    client: httpx.AsyncClient, receiver: Receiver, headers: Mapping[str, str], body: bytes
) -> httpx.Response:
    """The status and headers from the first of the checked addresses that can be connected to."""
    failure: httpx.TransportError | None = None
    for address in receiver.addresses:
        request = client.build_request(
            "POST",
            receiver.url.copy_with(host=address),
            content=body,
            headers={
                "User-Agent": "Aftercare-Webhooks",
                "Accept-Encoding": "identity",
                **headers,
                "Host": receiver.url.netloc.decode(),
            },
            extensions={
                "sni_hostname": _name(receiver.url),
                "timeout": httpx.Timeout(None, connect=CONNECT_SECONDS).as_dict(),
            },
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = error
    assert failure is not None
    raise failure


def _is_about_tls(error: BaseException | None) -> bool:
    """Whether TLS failed under what httpx raised: the owner must look at a certificate, not at a cable."""
    while error is not None and not isinstance(error, SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _body_until(response: httpx.Response, deadline: float) -> bytes:
    """The start of the body; what is slow or broken after the status does not change how the try ended."""
    start = bytearray()
    try:
        with suppress(OSError, httpx.HTTPError):
            async with asyncio.timeout_at(deadline):
                async for chunk in response.aiter_raw():
                    start += chunk
                    if len(start) >= LARGEST_REPLY:
                        break
    finally:
        await response.aclose()
    return bytes(start[:LARGEST_REPLY])


def _judged(reply: Reply) -> Outcome:
    if 200 <= reply.status < 300:
        return Delivered(reply.status)
    if reply.status == 410:
        return Refused("gone", reply.status)
    if 300 <= reply.status < 400:
        return TryLater("redirected", reply.status)
    return TryLater("not_accepted", reply.status, retry_after=_retry_after(reply))


def _retry_after(reply: Reply) -> timedelta | None:
    """The wait asked for with 429 and 503: seconds, or a date, taken relative to the receiver's own clock."""
    asked = reply.headers.get("retry-after", "").strip()
    if reply.status not in (429, 503) or not asked:
        return None
    try:
        if asked.isascii() and asked.isdigit():
            return timedelta(seconds=int(asked))
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(reply.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return max(wait, timedelta())


def _name(url: httpx.URL) -> str:
    """The host as looked up and as its certificate names it."""
    return url.raw_host.decode().removesuffix(".")


def _authority(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@cache
def _public_authorities() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)
