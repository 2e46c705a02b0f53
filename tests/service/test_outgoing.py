"""Webhook calls on the wire: what arrives at the recorder, and how a try ends."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from clients.recorder import Answer, Recorder
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from services.notify.webhooks.domain import delivery_headers, new_secret
from services.notify.webhooks.outgoing import LARGEST_REPLY, Reply, call, post
from tests.builders.outgoing import BODY, NOBODY, always, call_hook
from tests.outside import closed_port, server

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def call_port(port: int, *, seconds: float = 10.0) -> Outcome:
    return await call(f"http://127.0.0.1:{port}/", {}, BODY, allowed=frozenset({f"127.0.0.1:{port}"}), timeout=seconds)


async def test_a_signed_call_arrives_and_verifies_with_the_new_and_the_old_secret(recorder: Recorder) -> None:
    old, new = new_secret(), new_secret()
    recorder.set_secret("old", old)
    recorder.set_secret("new", new)
    headers = delivery_headers([new, old], "msg_1", NOW, BODY) | {"Content-Type": "application/json"}
    for hook in ("old", "new"):
        allowed = frozenset({f"127.0.0.1:{recorder.http_port}"})
        outcome = await call(recorder.hook_url(hook), headers, BODY, allowed=allowed, timeout=10)
        assert outcome == Delivered(200)
    assert [(each.verified, each.body) for each in recorder.calls()] == [(True, BODY)] * 2
    assert recorder.calls()[0].headers["content-type"] == "application/json"


async def test_path_and_query_arrive_as_registered(recorder: Recorder) -> None:
    await call_hook(recorder, "client?site=北京&key=a%2Fb")
    assert [each.path for each in recorder.calls()] == ["/hooks/client?site=%E5%8C%97%E4%BA%AC&key=a%2Fb"]


async def test_a_proxy_of_the_environment_is_not_used(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert await call_hook(recorder) == Delivered(200)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Delivered(200)),
        (201, Delivered(201)),
        (204, Delivered(204)),
        (304, TryLater("redirected", 304)),
        (400, TryLater("not_accepted", 400)),
        (401, TryLater("not_accepted", 401)),
        (404, TryLater("not_accepted", 404)),
        (410, Refused("gone", 410)),
        (500, TryLater("not_accepted", 500)),
        (502, TryLater("not_accepted", 502)),
    ],
)
async def test_the_status_decides(recorder: Recorder, status: int, outcome: Outcome) -> None:
    recorder.set_answer("client", Answer(status=status))
    assert await call_hook(recorder) == outcome


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, "Retry-After: 120", timedelta(seconds=120)),
        (503, "Retry-After: 0", timedelta()),
        (500, "Retry-After: 120", None),
        (503, "", None),
        (503, "Retry-After: -5", None),
        (503, "Retry-After: soon", None),
        (503, "Retry-After: ٣", None),
        (503, "Retry-After: " + "9" * 30, None),
        (503, "Retry-After: Mon, 02 Mar 2026 01:10:00 GMT", None),
        (
            503,
            "Date: Mon, 02 Mar 2026 01:00:00 GMT\r\nRetry-After: Mon, 02 Mar 2026 01:10:00 GMT",
            timedelta(minutes=10),
        ),
        (
            429,
            "Date: Mon, 02 Mar 2026 01:00:00 GMT\r\nRetry-After: Mon, 02 Mar 2026 00:10:00 GMT",
            timedelta(),
        ),
    ],
)
async def test_the_wait_asked_for_is_reported(status: int, headers: str, wait: timedelta | None) -> None:
    async with answering(f"HTTP/1.1 {status} X\r\n{headers}\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        assert await call_port(port) == TryLater("not_accepted", status, retry_after=wait)


@asynccontextmanager
async def answering(answer: bytes, *, then_again: bytes = b"", hang: bool = False) -> AsyncIterator[int]:
    """A receiver that reads the head of the request and answers these bytes, then one piece over and over."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        while then_again:
            writer.write(then_again)
            await writer.drain()
        if hang:
            await asyncio.Event().wait()
        writer.close()

    async with server(talk) as port:
        yield port


async def test_a_slow_receiver_is_tried_later(recorder: Recorder) -> None:
    recorder.set_answer("client", Answer(status=200, delay_seconds=3600))
    assert await call_hook(recorder, seconds=0.2) == TryLater("timed_out")
    assert len(recorder.calls()) == 1


async def test_a_receiver_that_never_ends_its_headers_is_tried_later() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nX-Slow: ", hang=True) as port:
        assert await call_port(port, seconds=0.2) == TryLater("timed_out")


async def test_a_resolver_that_hangs_is_tried_later() -> None:
    async def hanging(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    outcome = await call("https://c.example.com/", {}, BODY, allowed=NOBODY, timeout=0.1, resolve=hanging)
    assert outcome == TryLater("timed_out")


async def test_endless_headers_are_given_up_on() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n", then_again=b"X-Filler: " + b"x" * 8000 + b"\r\n") as port:
        assert await call_port(port) == TryLater("broken_off")


async def test_what_comes_after_the_status_does_not_undo_it() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    async with answering(head, hang=True) as stalled:
        assert await call_port(stalled, seconds=0.2) == Delivered(200)
    async with answering(head) as broken_off:
        assert await call_port(broken_off) == Delivered(200)


async def test_a_large_reply_is_not_read_to_its_end() -> None:
    read_to_its_end = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(64):
            writer.write(b"x" * 1024 * 1024)
            await writer.drain()
        read_to_its_end.set()

    async with server(talk) as port:
        assert await call_port(port) == Delivered(200)
    assert not read_to_its_end.is_set()


async def test_a_reply_is_cut_and_never_unpacked() -> None:
    packed = gzip.compress(random.Random(1).randbytes(2 * LARGEST_REPLY))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    async with answering(head + packed) as port:
        allowed = frozenset({f"127.0.0.1:{port}"})
        reply = await post(f"http://127.0.0.1:{port}/", {}, BODY, allowed=allowed, timeout=10)
    assert isinstance(reply, Reply)
    assert reply.body == packed[:LARGEST_REPLY]


async def test_a_receiver_that_is_down_or_hangs_up_is_tried_later() -> None:
    assert await call_port(closed_port()) == TryLater("not_connected")
    async with answering(b"") as port:
        assert await call_port(port) == TryLater("broken_off")
    async with answering(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        assert await call_port(port) == TryLater("broken_off")


async def test_the_next_checked_address_is_called_when_the_first_is_down(recorder: Recorder) -> None:
    port = recorder.http_port
    allowed = frozenset({f"127.0.0.1:{port}", f"127.0.0.2:{port}"})
    url = f"http://client.example.com:{port}/hooks/client"
    both = always("127.0.0.2", "127.0.0.1")
    assert await call(url, {}, BODY, allowed=allowed, timeout=10, resolve=both) == Delivered(200)
