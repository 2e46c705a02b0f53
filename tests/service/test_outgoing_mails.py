"""Mails on the wire: what arrives at the recorder, and what a mail server's answers mean."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from clients.recorder import Answer, Recorder
from services.notify.messages.outgoing import Mail, send_mail
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from tests.outside import Conversation, certified, closed_port, server

MAIL = Mail(
    sender="集成服务台 <desk@example.com>",
    recipient="王工 <wang@example.com>",
    subject="【紧急】核心交换机故障，请立即确认",
    text="您好：\n\n事件 INC-2026-000123 已受理。\n",
    message_id="<occasion-1@example.com>",
    written_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    locale="zh-CN",
)


async def send(recorder: Recorder, mail: Mail = MAIL, *, seconds: float = 10.0) -> Outcome:
    return await send_mail(mail, host=recorder.host, port=recorder.smtp_port, timeout=seconds)


async def test_a_chinese_mail_arrives_as_written(recorder: Recorder) -> None:
    assert await send(recorder) == Delivered(250, "recorded")
    [mail] = recorder.mails()
    assert (mail.sender, mail.recipients) == ("desk@example.com", ("wang@example.com",))
    assert (mail.subject, mail.text, mail.message_id) == (MAIL.subject, MAIL.text, MAIL.message_id)
    assert mail.headers["from"] == "集成服务台 <desk@example.com>"
    assert mail.headers["to"] == "王工 <wang@example.com>"
    assert mail.headers["auto-submitted"] == "auto-generated"
    assert mail.headers["content-language"] == "zh-CN"
    assert parsedate_to_datetime(mail.headers["date"]) == MAIL.written_at
    assert mail.raw.isascii()


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Incident INC-2026-000123 has been resolved",
        "重大故障 INC-2026-000123：核心交换机 SW-01（北京机房）链路中断，应急预案启动请求已提交领导小组，" * 3,
        "a" * 300,
        "=?utf-8?q?not_a_word?= 已恢复",
        "已恢复 \U0001f600 “引号”，全角　空格, \"quotes\" <and> @others; 'ok'",
    ],
)
async def test_any_subject_arrives_as_written(recorder: Recorder, subject: str) -> None:
    assert isinstance(await send(recorder, replace(MAIL, subject=subject)), Delivered)
    [mail] = recorder.mails()
    assert mail.subject == subject
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("text", ["", ".\n..\n", "From here\n", "长" * 5000 + "\n", "no end of line", "a\n\n\n"])
async def test_any_text_arrives_as_written(recorder: Recorder, text: str) -> None:
    assert isinstance(await send(recorder, replace(MAIL, text=text)), Delivered)
    assert recorder.mails()[0].text.rstrip("\n") == text.rstrip("\n")


async def test_further_headers_are_sent_and_win(recorder: Recorder) -> None:
    headers = {"Auto-Submitted": "auto-replied", "In-Reply-To": "<theirs@client.example.com>"}
    await send(recorder, replace(MAIL, headers=headers))
    [mail] = recorder.mails()
    assert mail.headers["auto-submitted"] == "auto-replied"
    assert mail.headers["in-reply-to"] == "<theirs@client.example.com>"


async def test_a_subject_cannot_smuggle_in_a_header(recorder: Recorder) -> None:
    await send(recorder, replace(MAIL, subject="已恢复\r\nBcc: other@example.com\r\n\r\ntext\x00"))
    [mail] = recorder.mails()
    assert mail.subject == "已恢复 Bcc: other@example.com text"
    assert mail.recipients == ("wang@example.com",)
    assert "bcc" not in mail.headers


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": ""},
        {"recipient": "wang"},
        {"recipient": "@example.com"},
        {"recipient": "wang@"},
        {"recipient": "wang@example.com, li@example.com"},
        {"recipient": "wang@example.com\r\nBcc: li@example.com"},
        {"recipient": "王@example.com"},
        {"recipient": "wang@" + "x" * 64 + ".example.com"},
        {"recipient": '"a b"@example.com\n'},
        {"sender": "desk"},
        {"text": "\ud800"},
    ],
)
async def test_a_mail_that_cannot_be_written_is_refused(recorder: Recorder, change: dict[str, str]) -> None:
    outcome = await send(recorder, replace(MAIL, **change))  # type: ignore[arg-type]  # the fields are texts
    assert isinstance(outcome, Refused)
    assert outcome.why == "mail_not_valid"
    assert recorder.mails() == []


async def test_a_header_with_a_line_break_is_refused(recorder: Recorder) -> None:
    outcome = await send(recorder, replace(MAIL, headers={"References": "<1@x>\r\nBcc: other@example.com"}))
    assert isinstance(outcome, Refused)
    assert recorder.mails() == []


async def test_a_chinese_domain_is_written_as_the_wire_wants_it(recorder: Recorder) -> None:
    assert isinstance(await send(recorder, replace(MAIL, recipient="wang@例子.测试")), Delivered)
    assert recorder.mails()[0].recipients == ("wang@xn--fsqu00a.xn--0zwm56d",)


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (550, "5.1.1 no such mailbox", Refused("mail_refused", 550, "5.1.1 no such mailbox")),
        (553, "5.7.1 not for you", Refused("mail_refused", 553, "5.7.1 not for you")),
        (450, "4.2.0 greylisted", TryLater("mail_deferred", 450, "4.2.0 greylisted")),
        (451, "4.3.0 disk full", TryLater("mail_deferred", 451, "4.3.0 disk full")),
        (530, "5.7.0 sign in first", TryLater("server_refuses_us", 530, "5.7.0 sign in first")),
    ],
)
async def test_the_servers_code_decides(recorder: Recorder, status: int, text: str, outcome: Outcome) -> None:
    recorder.set_answer("wang@example.com", Answer(status=status, body=text))
    assert await send(recorder) == outcome
    assert recorder.mails() == []


async def test_a_slow_mail_server_is_tried_later(recorder: Recorder) -> None:
    recorder.set_answer("wang@example.com", Answer(status=250, body="OK", delay_seconds=3600))
    assert await send(recorder, seconds=0.2) == TryLater("timed_out")


def smtp_server(
    replies: dict[bytes, bytes],
    greeting: bytes = b"220 mail\r\n",
    *,
    tls: ssl.SSLContext | None = None,
    heard: list[bytes] | None = None,
) -> Conversation:
    """A mail server that answers each command as told, 250 otherwise, and with b"" not at all."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            verb = line.strip().upper().split(b" ")[0]
            writer.write(replies.get(verb, b"250 OK\r\n"))
            if heard is not None:
                heard.append(verb)
            if verb == b"STARTTLS" and tls is not None:
                await writer.start_tls(tls)
            if verb == b"DATA" and replies[b"DATA"].startswith(b"354"):
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(replies[b"."])

    return talk


@pytest.mark.parametrize(
    ("replies", "greeting", "outcome"),
    [
        ({}, b"554 no service\r\n", TryLater("server_refuses_us", 554, "no service")),
        ({b"MAIL": b"550 5.7.1 no\r\n"}, b"220 mail\r\n", Refused("mail_refused", 550, "5.7.1 no")),
        ({b"MAIL": b"421 4.3.2 bye\r\n"}, b"220 mail\r\n", TryLater("mail_deferred", 421, "4.3.2 bye")),
        (
            {b"DATA": b"354 go\r\n", b".": b"554 5.6.0 spam\r\n"},
            b"220 mail\r\n",
            Refused("mail_refused", 554, "5.6.0 spam"),
        ),
        (
            {b"DATA": b"354 go\r\n", b".": b"452 4.2.2 full\r\n"},
            b"220 mail\r\n",
            TryLater("mail_deferred", 452, "4.2.2 full"),
        ),
    ],
)
async def test_the_server_may_refuse_at_any_step(
    replies: dict[bytes, bytes], greeting: bytes, outcome: Outcome
) -> None:
    async with server(smtp_server(replies, greeting)) as port:
        assert await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10) == outcome


TAKES_MAIL = {b"DATA": b"354 go\r\n", b".": b"250 queued as 7\r\n"}
OFFERS_STARTTLS = {b"EHLO": b"250-mail\r\n250 STARTTLS\r\n", b"STARTTLS": b"220 go\r\n"}
OFFERS_SIGN_IN = {b"EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n"}


async def test_a_mail_is_handed_over_inside_tls(tmp_path: Path) -> None:
    serving, trusting = certified("127.0.0.1", tmp_path)
    async with server(smtp_server(TAKES_MAIL), serving) as port:
        outcome = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10, encryption="tls", tls=trusting)
        assert outcome == Delivered(250, "queued as 7")
        unknown = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10, encryption="tls")
    assert isinstance(unknown, TryLater)
    assert unknown.why == "not_connected"


async def test_a_mail_is_handed_over_after_starttls(tmp_path: Path) -> None:
    serving, trusting = certified("127.0.0.1", tmp_path)
    heard: list[bytes] = []
    async with server(smtp_server(TAKES_MAIL | OFFERS_STARTTLS, tls=serving, heard=heard)) as port:
        outcome = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10, encryption="starttls", tls=trusting)
    assert outcome == Delivered(250, "queued as 7")
    assert heard[:2] == [b"EHLO", b"STARTTLS"]


async def test_no_mail_is_sent_in_clear_where_starttls_is_wanted_and_not_offered() -> None:
    heard: list[bytes] = []
    async with server(smtp_server(TAKES_MAIL, heard=heard)) as port:
        outcome = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10, encryption="starttls")
    assert isinstance(outcome, TryLater)
    assert b"MAIL" not in heard


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"235 2.7.0 welcome\r\n", Delivered(250, "queued as 7")),
        (b"535 5.7.8 wrong password\r\n", TryLater("server_refuses_us", 535, "5.7.8 wrong password")),
        (b"454 4.7.0 later\r\n", TryLater("server_refuses_us", 454, "4.7.0 later")),
    ],
)
async def test_a_mail_waits_until_our_sign_in_is_mended(answer: bytes, outcome: Outcome) -> None:
    async with server(smtp_server(TAKES_MAIL | OFFERS_SIGN_IN | {b"AUTH": answer})) as port:
        sent = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10, username="desk", password="secret")
    assert sent == outcome


async def test_a_mail_taken_stays_delivered_when_the_server_never_says_goodbye() -> None:
    talk = smtp_server(TAKES_MAIL | {b"QUIT": b""})
    async with server(talk) as port:
        outcome = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=3600)
    assert outcome == Delivered(250, "queued as 7")


async def test_a_mail_server_that_is_down_or_hangs_up_is_tried_later() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n")
        await reader.readline()
        writer.close()

    down = await send_mail(MAIL, host="127.0.0.1", port=closed_port(), timeout=10)
    assert isinstance(down, TryLater)
    assert down.why == "not_connected"
    async with server(hang_up) as port:
        gone = await send_mail(MAIL, host="127.0.0.1", port=port, timeout=10)
    assert isinstance(gone, TryLater)
    assert gone.why == "broken_off"
