"""Receivers that are never called, however they are written, looked up or certified."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from clients.recorder import Answer, Recorder
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from services.notify.webhooks.outgoing import Receiver, Resolver, call, checked_receiver, system_addresses
from tests.builders.outgoing import BODY, NOBODY, always, call_hook
from tests.outside import certified, server


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "0x7f.1",
        "0177.1",
        "2130706433",
        "0",
        "127。0。0。1",
        "localhost",
        "LOCALHOST",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "0xa9fea9fe",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[5f00::1]",
    ],
)
async def test_an_inner_address_is_refused_however_it_is_written(host: str) -> None:
    outcome = await call(f"https://{host}/hook", {}, BODY, allowed=NOBODY, timeout=10)
    assert outcome == Refused("receiver_address_denied")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "client.example.com/hook",
        "//client.example.com/hook",
        "ftp://client.example.com/hook",
        "file:///etc/passwd",
        "gopher://client.example.com/",
        "https://",
        "https:///hook",
        "https://user:secret@client.example.com/hook",
        "https://127.0.0.1\\@client.example.com/hook",
        "https://client.example.com:0/hook",
        "https://client.example.com:99999/hook",
        "https://client.example.com:port/hook",
        "https://client example.com/hook",
        "https://client%2eexample.com/hook",
        "https://[fe80::1%25eth0]/hook",
        "https://[::1/hook",
        "https://①②⑦.⓪.⓪.①/hook",
        "https://0177.0.0.1/hook",
        "https://client.example.com/hook\r\nX-Injected: 1",
        "https://client.example.com/" + "x" * 2048,
    ],
)
async def test_a_url_that_is_no_plain_web_address_is_refused(url: str) -> None:
    outcome = await call(url, {}, BODY, allowed=NOBODY, timeout=10, resolve=always("8.8.8.8"))
    assert outcome == Refused("receiver_url_not_valid")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://client.example.com/hook", "receiver_not_https"),
        ("http://client.example.com:443/hook", "receiver_not_https"),
        ("https://client.example.com:22/hook", "receiver_port_denied"),
        ("https://client.example.com:25/hook", "receiver_port_denied"),
    ],
)
async def test_a_public_receiver_must_have_https_on_a_port_of_its_own(url: str, why: str) -> None:
    outcome = await call(url, {}, BODY, allowed=NOBODY, timeout=10, resolve=always("8.8.8.8"))
    assert outcome == Refused(why)


async def test_the_recorder_is_refused_unless_its_very_port_is_allowed(recorder: Recorder) -> None:
    url = recorder.hook_url("client")
    for allowed in (NOBODY, frozenset({"127.0.0.1:1"}), frozenset({"127.0.0.1"})):
        outcome = await call(url, {}, BODY, allowed=allowed, timeout=10)
        assert outcome == Refused("receiver_address_denied")
    assert recorder.calls() == []
    assert await call_hook(recorder) == Delivered(200)


async def test_one_inner_address_among_good_ones_refuses_the_receiver(recorder: Recorder) -> None:
    allowed = frozenset({f"127.0.0.1:{recorder.http_port}"})
    url = f"http://client.example.com:{recorder.http_port}/hooks/client"
    for answers in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"]):
        outcome = await call(url, {}, BODY, allowed=allowed, timeout=10, resolve=always(*answers))
        assert outcome == Refused("receiver_address_denied")
    assert recorder.calls() == []


@pytest.fixture
async def trap(recorder: Recorder) -> AsyncIterator[Recorder]:
    """Another machine behind the same port, which no call is meant for."""
    trap = Recorder(host="127.0.0.2", http_port=recorder.http_port)
    await trap.start()
    yield trap
    await trap.stop()


def rebinding(asked: list[tuple[str, int]]) -> Resolver:
    """A name server of ill will: the recorder's address to the first question, the trap's ever after."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    return resolve


async def test_a_name_that_changes_its_address_is_looked_up_once_and_called_where_it_was_checked(
    recorder: Recorder, trap: Recorder
) -> None:
    asked: list[tuple[str, int]] = []
    resolve = rebinding(asked)
    port = recorder.http_port
    allowed = frozenset({f"127.0.0.1:{port}"})
    url = f"http://client.example.com.:{port}/hooks/client"
    assert await call(url, {}, BODY, allowed=allowed, timeout=10, resolve=resolve) == Delivered(200)
    assert asked == [("client.example.com", port)]
    assert recorder.calls()[0].headers["host"] == f"client.example.com.:{port}"
    outcome = await call(url, {}, BODY, allowed=allowed, timeout=10, resolve=resolve)
    assert outcome == Refused("receiver_address_denied")
    assert trap.calls() == []


async def test_planted_bug_a_second_lookup_falls_into_the_trap(recorder: Recorder, trap: Recorder) -> None:
    port = recorder.http_port
    resolve = rebinding([])
    url = f"http://client.example.com:{port}/hooks/client"
    allowed = frozenset({f"127.0.0.1:{port}"})
    checked = await checked_receiver(url, allowed=allowed, resolve=resolve)
    assert isinstance(checked, Receiver)
    [address] = await resolve("client.example.com", port)
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(checked.url.copy_with(host=address))
    assert len(trap.calls()) == 1


async def test_a_redirect_is_a_failure_and_is_not_followed(recorder: Recorder) -> None:
    for status in (301, 302, 303, 307, 308):
        location = {"Location": recorder.hook_url("elsewhere")}
        recorder.set_answer("client", Answer(status=status, headers=location))
        assert await call_hook(recorder) == TryLater("redirected", status)
    assert recorder.calls("elsewhere") == []


async def test_planted_bug_a_caller_that_follows_redirects_is_seen(recorder: Recorder) -> None:
    recorder.set_answer("client", Answer(status=307, headers={"Location": recorder.hook_url("elsewhere")}))
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
        await client.post(recorder.hook_url("client"))
    assert len(recorder.calls("elsewhere")) == 1


async def test_a_receiver_without_an_address_may_get_one() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolve in (unknown, always()):
        outcome = await call("https://c.example.com/", {}, BODY, allowed=NOBODY, timeout=10, resolve=resolve)
        assert outcome == TryLater("receiver_not_found")
    too_long = f"https://{'x' * 64}.example.com/"
    assert await call(too_long, {}, BODY, allowed=NOBODY, timeout=10) == TryLater("receiver_not_found")


async def test_the_system_resolver_reads_old_forms_of_numbers() -> None:
    assert await system_addresses("0x7f.1", 443) == ["127.0.0.1"]


async def call_over_tls(url: str, certified_name: str, folder: Path) -> tuple[Outcome, list[str | None]]:
    """The outcome, and the server names the receiver was asked for."""
    asked_for: list[str | None] = []
    serving, trusting = certified(certified_name, folder)
    serving.sni_callback = lambda _socket, name, _context: asked_for.append(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with server(talk, serving) as port:
        outcome = await call(
            url.format(port=port),
            {},
            BODY,
            allowed=frozenset({f"127.0.0.1:{port}"}),
            timeout=10,
            resolve=always("127.0.0.1"),
            tls=trusting,
        )
    return outcome, asked_for


async def test_the_certificate_and_the_server_name_are_those_of_the_url(tmp_path: Path) -> None:
    outcome, asked_for = await call_over_tls("https://client.example.com.:{port}/", "client.example.com", tmp_path)
    assert outcome == Delivered(204)
    assert asked_for == ["client.example.com"]


async def test_a_numeric_receiver_is_checked_against_its_address(tmp_path: Path) -> None:
    outcome, _ = await call_over_tls("https://127.0.0.1:{port}/", "127.0.0.1", tmp_path)
    assert outcome == Delivered(204)


async def test_a_certificate_of_another_name_is_not_trusted(tmp_path: Path) -> None:
    outcome, _ = await call_over_tls("https://client.example.com:{port}/", "other.example.com", tmp_path)
    assert outcome == TryLater("tls_failed")
