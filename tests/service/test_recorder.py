"""The recorder itself: what arrives by SMTP and HTTP is kept as it was, and answered as told."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest
from standardwebhooks import Webhook

from clients.recorder import KEPT, LARGEST_CALL, Answer, CannotListen, Recorder

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Recorder]:
    recorder = Recorder(now=lambda: NOW)
    await recorder.start()
    yield recorder
    await recorder.stop()


@pytest.fixture
async def http(recorder: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=recorder.url, trust_env=False) as client:
        yield client


async def deliver(recorder: Recorder, content: EmailMessage | bytes, to: str = "wang@example.com") -> None:
    await aiosmtplib.send(
        content if isinstance(content, bytes) else content.as_bytes(),
        sender="desk@example.com",
        recipients=[to],
        hostname=recorder.host,
        port=recorder.smtp_port,
        local_hostname="localhost",
    )


def chinese_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "集成服务台 <desk@example.com>"
    mail["To"] = "王工 <wang@example.com>"
    mail["Subject"] = "【紧急】核心交换机故障，请立即确认"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("您好：\n\n事件 INC-2026-000123 已受理。\n")
    return mail


async def test_a_chinese_mail_is_recorded_decoded_and_raw(recorder: Recorder) -> None:
    await deliver(recorder, chinese_mail())
    [mail] = recorder.mails()
    assert mail.sender == "desk@example.com"
    assert mail.recipients == ("wang@example.com",)
    assert mail.subject == "【紧急】核心交换机故障，请立即确认"
    assert mail.text == "您好：\n\n事件 INC-2026-000123 已受理。\n"
    assert mail.message_id == "<1@example.com>"
    assert mail.headers["from"] == "集成服务台 <desk@example.com>"
    assert mail.received_at == NOW
    assert mail.raw.startswith(b"From: =?utf-8?")


async def test_mails_are_listed_over_http_and_by_recipient(recorder: Recorder, http: httpx.AsyncClient) -> None:
    await deliver(recorder, chinese_mail(), to="wang@example.com")
    await deliver(recorder, chinese_mail(), to="li@example.com")
    every = (await http.get("/mails")).json()
    assert [mail["recipients"] for mail in every] == [["wang@example.com"], ["li@example.com"]]
    assert every[0]["subject"] == "【紧急】核心交换机故障，请立即确认"
    assert every[0]["received_at"] == "2026-03-02T01:00:00+00:00"
    assert (await http.get("/mails", params={"to": "li@example.com"})).json() == every[1:]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: =?utf-8?b?broken\r\n\r\ntext",
        b"To: wang@\r\n\r\ntext",
        b"Subject: \xb9\xca\xd5\xcf\r\n\r\n\xb9\xca",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno part",
        b"Content-Type: application/pdf\r\n\r\n%PDF",
    ],
)
async def test_a_malformed_mail_is_recorded_too(recorder: Recorder, http: httpx.AsyncClient, content: bytes) -> None:
    await deliver(recorder, content)
    [mail] = recorder.mails()
    assert mail.raw.rstrip() == content
    assert (await http.get("/mails")).status_code == 200


async def test_a_mailbox_refuses_as_often_as_told(recorder: Recorder, http: httpx.AsyncClient) -> None:
    told = {"status": 451, "body": "4.7.1 come back later", "times": 2}
    assert (await http.put("/mailboxes/wang@example.com/answer", json=told)).status_code == 204
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await deliver(recorder, chinese_mail())
        assert refused.value.recipients[0].code == 451
    await deliver(recorder, chinese_mail())
    assert len(recorder.mails("wang@example.com")) == 1


async def test_a_call_is_recorded_with_path_headers_and_body(recorder: Recorder, http: httpx.AsyncClient) -> None:
    body = '{"标题":"核心交换机"}'.encode()
    answer = await http.post("/hooks/client?site=北京", content=body, headers={"X-Trace": "7"})
    assert answer.status_code == 200
    [call] = recorder.calls("client")
    assert (call.hook, call.path, call.body, call.verified) == (
        "client",
        "/hooks/client?site=%E5%8C%97%E4%BA%AC",
        body,
        None,
    )
    assert call.headers["x-trace"] == "7"
    assert recorder.calls("other") == []
    [listed] = (await http.get("/hooks/client/calls")).json()
    assert listed["body"] == body.decode()
    assert (await http.get("/calls")).json() == [listed]
    assert (await http.get("/hooks/other/calls")).json() == []


@pytest.mark.parametrize(
    ("sent", "verified"),
    [
        pytest.param({}, True, id="as signed"),
        pytest.param({"body": '{"a": 2}'}, False, id="altered body"),
        pytest.param({"webhook-id": "msg_2"}, False, id="altered id"),
        pytest.param({"webhook-timestamp": "1"}, False, id="altered timestamp"),
        pytest.param({"webhook-signature": ""}, False, id="no signature"),
        pytest.param({"webhook-signature": "v1,标记 v1a,x nonsense"}, False, id="nonsense"),
    ],
)
async def test_a_signature_is_checked_once_the_secret_is_known(
    recorder: Recorder, http: httpx.AsyncClient, sent: dict[str, str], verified: bool
) -> None:
    assert (await http.put("/hooks/client/secret", json={"secret": SECRET})).status_code == 204
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": "v1,c3RhbGU= " + Webhook(SECRET).sign("msg_1", NOW, '{"a": 1}'),
    }
    headers = [(name.encode(), value.encode()) for name, value in (signed | sent).items() if name != "body"]
    await http.post("/hooks/client", content=sent.get("body", '{"a": 1}'), headers=headers)
    assert [call.verified for call in recorder.calls()] == [verified]


async def test_a_hook_answers_as_told_and_then_is_well_again(recorder: Recorder, http: httpx.AsyncClient) -> None:
    told = {"status": 503, "headers": {"Retry-After": "9"}, "body": "维护中", "times": 1}
    assert (await http.put("/hooks/client/answer", json=told)).status_code == 204
    first = await http.post("/hooks/client")
    assert (first.status_code, first.headers["retry-after"], first.text) == (503, "9", "维护中")
    assert (await http.post("/hooks/client")).status_code == 200
    assert len(recorder.calls()) == 2


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/hooks/client/answer", "{}"),
        ("/hooks/client/answer", '{"status": "late"}'),
        ("/hooks/client/answer", "no json"),
        ("/hooks/client/secret", "{}"),
        ("/hooks/client/secret", '{"secret": "not base64!"}'),
        ("/hooks/client/secret", "no json"),
    ],
)
async def test_what_the_recorder_cannot_follow_is_refused(http: httpx.AsyncClient, path: str, told: str) -> None:
    assert (await http.put(path, content=told)).status_code == 422


async def test_a_call_too_large_to_keep_is_refused(recorder: Recorder, http: httpx.AsyncClient) -> None:
    assert (await http.post("/hooks/client", content=b"x" * (LARGEST_CALL + 1))).status_code == 413
    assert recorder.calls() == []


async def test_only_the_last_entries_are_kept(recorder: Recorder) -> None:
    for number in range(KEPT + 5):
        recorder.record_call("client", "/hooks/client", {}, str(number).encode())
    bodies = [call.body for call in recorder.calls()]
    assert (len(bodies), bodies[0], bodies[-1]) == (KEPT, b"5", b"10004")


async def test_everything_is_forgotten_on_request(recorder: Recorder, http: httpx.AsyncClient) -> None:
    recorder.set_answer("client", Answer(status=500))
    recorder.set_secret("client", SECRET)
    await http.post("/hooks/client")
    await deliver(recorder, chinese_mail())
    assert (await http.delete("/everything")).status_code == 204
    assert (recorder.calls(), recorder.mails()) == ([], [])
    assert (await http.post("/hooks/client")).status_code == 200
    assert recorder.calls()[0].verified is None


async def test_it_says_that_it_lives(http: httpx.AsyncClient) -> None:
    assert (await http.get("/livez")).json() == {"status": "ok"}


async def test_a_restart_takes_the_same_ports_and_keeps_what_arrived() -> None:
    recorder = Recorder()
    await recorder.start()
    ports = recorder.smtp_port, recorder.http_port
    await deliver(recorder, chinese_mail())
    await recorder.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await deliver(recorder, chinese_mail())
    await recorder.start()
    await deliver(recorder, chinese_mail())
    await recorder.stop()
    assert (recorder.smtp_port, recorder.http_port) == ports
    assert len(recorder.mails()) == 2


async def test_stopping_ends_open_connections_and_late_answers() -> None:
    arrived = asyncio.Event()

    def told_of_arrival() -> datetime:
        arrived.set()
        return NOW

    recorder = Recorder(now=told_of_arrival)
    await recorder.start()
    recorder.set_answer("client", Answer(status=202, delay_seconds=3600))
    idle = aiosmtplib.SMTP(hostname=recorder.host, port=recorder.smtp_port, local_hostname="localhost")
    await idle.connect()
    async with httpx.AsyncClient(trust_env=False) as client:
        late = asyncio.create_task(client.post(recorder.hook_url("client"), timeout=60))
        await arrived.wait()
        await recorder.stop()
        assert (await late).status_code == 202
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await idle.noop()
    idle.close()


async def test_with_one_port_taken_it_listens_on_neither(recorder: Recorder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        smtp_port = free.getsockname()[1]
    with pytest.raises(CannotListen, match=f"port {recorder.http_port}"):
        await Recorder(smtp_port=smtp_port, http_port=recorder.http_port).start()
    socket.create_server(("127.0.0.1", smtp_port)).close()


async def command(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "clients.recorder", *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_as_a_command_it_runs_until_it_is_told_to_stop() -> None:
    process = await command("--smtp-port", "0", "--http-port", "0")
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(line.split()[-1] + "/livez")).status_code == 200
    process.send_signal(signal.SIGTERM)
    _, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")


async def test_as_a_command_it_names_the_taken_port_in_one_line(recorder: Recorder) -> None:
    process = await command("--smtp-port", "0", "--http-port", str(recorder.http_port))
    _, errors = await process.communicate()
    assert process.returncode == 1
    [line] = errors.decode().splitlines()
    assert f"port {recorder.http_port}" in line
    assert "无法监听" in line
