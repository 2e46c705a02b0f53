"""The forwarder, one suite for both kinds of upstream: called in this process, or reached over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.front.forward import InProcess, Upstream
from services.gateway.front.remote import Remote
from shared import errors
from tests.builders.upstreams import Client, end, in_process, read_all, remote, start
from tests.outside import closed_port, server

MEGABYTE = 1 << 20
HUNDRED_MEGABYTES = 100 * MEGABYTE
PIECE = b"x" * 65_536
IN_FLIGHT = 16 * MEGABYTE
"""What the kernel's socket buffers may hold at most between the two ends of a loopback connection, and some."""

Reached = Callable[[ASGIApp], Any]


@pytest.fixture(params=[in_process, remote], ids=["in_process", "remote"])
def reached(request: pytest.FixtureRequest) -> Reached:
    way: Reached = request.param
    return way


async def test_the_first_event_of_a_stream_arrives_before_the_stream_ends(reached: Reached) -> None:
    seen = asyncio.Event()

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send, 200, (b"content-type", b"text/event-stream"))
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await seen.wait()
        await end(send, b"data: 2\n\n")

    async def note(piece: bytes) -> None:
        seen.set()

    async with reached(events) as upstream:
        client = await Client(on_piece=note).ask(upstream)
    assert (client.status, client.complete) == (200, True)


async def test_an_answer_that_has_begun_may_take_its_time(reached: Reached) -> None:
    later = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        asyncio.get_running_loop().call_later(0.3, later.set)
        await later.wait()
        await end(send, b"b")

    async with reached(slow) as upstream:
        client = await Client().ask(upstream, seconds=0.2)
    assert (client.status, client.text, client.complete) == (200, b"ab", True)


async def test_a_hundred_megabytes_go_up_in_constant_memory(reached: Reached) -> None:
    sent = taken = most = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent, most
        while sent < HUNDRED_MEGABYTES:
            sent += len(PIECE)
            most = max(most, sent - taken)
            yield PIECE

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal taken
        more = True
        while more:
            message = await receive()
            taken += len(message["body"])
            more = message["more_body"]
        await start(send)
        await end(send, str(taken).encode())

    async with reached(reader) as upstream:
        client = await Client("POST", body=pieces()).ask(upstream)
    assert client.text == str(HUNDRED_MEGABYTES).encode()
    assert most <= IN_FLIGHT


async def most_on_the_way_down(reached: Reached) -> int:
    """Most bytes the service had sent and the client had not got, of a hundred megabytes that all arrived."""
    sent = taken = most = 0

    async def writer(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent, most
        await start(send)
        while sent < HUNDRED_MEGABYTES:
            sent += len(PIECE)
            most = max(most, sent - taken)
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await end(send)

    async def take(piece: bytes) -> None:
        nonlocal taken
        taken += len(piece)

    async with reached(writer) as upstream:
        client = await Client(on_piece=take).ask(upstream)
    assert (taken, client.complete) == (HUNDRED_MEGABYTES, True)
    return most


async def test_a_hundred_megabytes_come_down_in_constant_memory(reached: Reached) -> None:
    assert await most_on_the_way_down(reached) <= IN_FLIGHT


async def test_a_forwarder_that_collects_the_answer_first_would_be_seen() -> None:
    class Collecting(InProcess):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            kept: list[Message] = []

            async def keep(message: Message) -> None:
                kept.append(message)

            await self.app(scope, receive, keep)
            for message in kept:
                await send(message)

    @asynccontextmanager
    async def collecting(app: ASGIApp) -> AsyncIterator[Upstream]:
        yield Collecting(app)

    assert await most_on_the_way_down(collecting) == HUNDRED_MEGABYTES


async def test_a_client_who_leaves_before_the_answer_is_noticed_by_the_service(reached: Reached) -> None:
    client, asked, told = Client(), asyncio.Event(), asyncio.Event()

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    async with reached(waiting) as upstream:
        asking = asyncio.create_task(client.ask(upstream))
        await asked.wait()
        client.left.set()
        await asking
        async with asyncio.timeout(20):
            await told.wait()
    assert client.status == 0


async def test_a_client_who_leaves_a_stream_is_noticed_by_the_service(reached: Reached) -> None:
    told = asyncio.Event()

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    client = Client()

    async def leave(piece: bytes) -> None:
        client.left.set()

    client.on_piece = leave
    async with reached(events) as upstream:
        await client.ask(upstream)
        async with asyncio.timeout(20):
            await told.wait()
    assert (client.status, client.complete) == (200, False)


async def test_a_client_who_leaves_while_sending_is_noticed_by_the_service(reached: Reached) -> None:
    told = asyncio.Event()

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    class Leaver(Client):
        async def receive(self) -> Message:
            if self.body is None:
                return {"type": "http.disconnect"}
            self.body = None
            return {"type": "http.request", "body": PIECE, "more_body": True}

    async def unused() -> AsyncIterator[bytes]:
        yield b""

    async with reached(reader) as upstream:
        client = await Leaver("POST", body=unused()).ask(upstream)
        async with asyncio.timeout(20):
            await told.wait()
    assert client.status == 0


async def test_a_service_that_does_not_answer_in_time_is_given_up_and_told(reached: Reached) -> None:
    stopped = asyncio.Event()

    async def hanging(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await read_all(receive)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            stopped.set()

    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    async with reached(hanging) as upstream:
        client = await Client("POST", body=body()).ask(upstream, seconds=0.2)
        async with asyncio.timeout(20):
            await stopped.wait()
    assert client.problem() == (504, "application/problem+json", "no_answer")


async def test_a_crash_before_the_answer_is_a_problem_and_not_a_broken_connection(reached: Reached) -> None:
    async def crashing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the secret reason")

    async with reached(crashing) as upstream:
        client = await Client().ask(upstream)
    assert client.problem() == (500, "application/problem+json", "internal_error")
    assert b"secret" not in client.text


async def test_a_service_that_ends_without_an_answer_is_a_problem(reached: Reached) -> None:
    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        """Says nothing."""

    async with reached(silent) as upstream:
        client = await Client().ask(upstream)
    assert client.problem() == (500, "application/problem+json", "internal_error")


async def test_a_crash_in_the_middle_of_an_answer_breaks_it_off(reached: Reached) -> None:
    async def crashing(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("too late")

    async with reached(crashing) as upstream:
        client = await Client().ask(upstream)
    assert (client.status, client.text, client.complete) == (200, b"half", False)


async def test_a_services_own_account_of_its_crash_is_passed_on_once(reached: Reached) -> None:
    """Starlette answers 500 and raises the exception again for the server to see."""
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    async def crashing() -> None:
        raise RuntimeError("for the log only")

    async with reached(app) as upstream:
        client = await Client().ask(upstream)
    assert client.problem() == (500, "application/problem+json", "internal_error")
    assert client.complete


async def test_addresses_headers_and_bodies_pass_unchanged(reached: Reached) -> None:
    asked: list[Scope] = []

    async def echoing(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await start(send, 207, (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x-text", "ü".encode("latin-1")))
        await end(send, await read_all(receive))

    async def body() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    headers = [(b"accept-encoding", b"gzip"), (b"x-twice", b"1"), (b"x-twice", b"2"), (b"aftercare-principal", b"p")]
    client = Client("PATCH", "/v1/a%2Fb", b"q=%20&q=1", headers, body())
    async with reached(echoing) as upstream:
        await client.ask(upstream)
    [scope] = asked
    got = [(name, value) for name, value in scope["headers"] if name not in (b"transfer-encoding", b"host")]
    assert (scope["method"], scope["raw_path"], scope["query_string"]) == ("PATCH", b"/v1/a%2Fb", b"q=%20&q=1")
    assert sorted(got) == sorted(headers)
    assert (b"host", b"door.example") in scope["headers"]
    assert (client.status, client.text) == (207, b"one two")
    assert [v for n, v in client.answered if n in (b"set-cookie", b"x-text")] == [b"a=1", b"b=2", b"\xfc"]


@pytest.mark.parametrize("status", [302, 404, 405, 418, 503])
async def test_what_a_service_answers_is_not_improved(reached: Reached, status: int) -> None:
    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send, status, (b"location", b"http://127.0.0.1:9/elsewhere"), (b"allow", b"GET"))
        await end(send, b"as it is")

    async with reached(answering) as upstream:
        client = await Client("DELETE").ask(upstream)
    assert (client.status, client.text) == (status, b"as it is")
    assert dict(client.answered)[b"allow"] == b"GET"


async def test_one_connection_serves_many_requests_one_after_the_other(reached: Reached) -> None:
    callers = set()

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        callers.add(scope["client"])
        await start(send, 200, (b"content-length", b"2"))
        await end(send, b"ok")

    async with reached(answering) as upstream:
        texts = [(await Client().ask(upstream)).text for _ in range(20)]
    assert (set(texts), len(callers)) == ({b"ok"}, 1)


async def test_headers_of_the_hop_stay_on_the_hop() -> None:
    asked: list[Scope] = []

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await start(send, 200, (b"connection", b"x-inner"), (b"x-inner", b"1"), (b"keep-alive", b"timeout=5"))
        await end(send, b"ok")

    headers = [
        (b"connection", b"keep-alive, X-Mine"),
        (b"x-mine", b"1"),
        (b"keep-alive", b"timeout=9"),
        (b"te", b"trailers"),
        (b"upgrade", b"h2c"),
        (b"proxy-authorization", b"Basic x"),
        (b"x-end", b"to end"),
    ]
    async with remote(answering) as upstream:
        client = await Client(headers=headers).ask(upstream)
    assert {name for name, _ in asked[0]["headers"]} == {b"host", b"x-end"}
    assert {name for name, _ in client.answered} == set()


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await end(send, b"direct")

    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    async with remote(answering) as upstream:
        client = await Client().ask(upstream)
    assert client.text == b"direct"


async def test_where_nobody_listens_nothing_was_changed() -> None:
    upstream = Remote(f"http://127.0.0.1:{closed_port()}")
    client = await Client().ask(upstream)
    await upstream.close()
    assert client.problem() == (503, "application/problem+json", "unavailable")


async def test_after_a_connection_lost_on_the_way_the_outcome_is_not_known() -> None:
    async def dropping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with server(dropping) as port:
        upstream = Remote(f"http://127.0.0.1:{port}")
        client = await Client().ask(upstream)
        await upstream.close()
    assert client.problem() == (504, "application/problem+json", "no_answer")
