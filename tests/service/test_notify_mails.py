"""Mails on their way: tried again when the server is away, given up when refused, never doubled in our records."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from clients.recorder import Answer, Recorder
from services.notify.claims import Claim
from services.notify.loops import Mails
from services.notify.messages.outgoing import Mail
from services.notify.outcomes import Outcome
from services.notify.settings import Settings
from shared.audit import verify_chains
from shared.db import AsyncSession, Caller
from shared.events.escalation import ActivationRequested, EmergencyOpened
from shared.events.incidents import IncidentReported, IncidentResolved
from shared.events.notify import MessageFailed, MessageSent
from shared.permissions import Role
from tests.builders.notify import (
    HOSPITAL,
    INCIDENT,
    LEADER,
    SECOND_LEADER,
    VENDOR,
    WARD,
    a_person,
    happened,
    introduce_everybody,
    loop_of,
    messages,
    opened,
)
from tests.harness import OneService, principal
from tests.outside import Conversation, closed_port, server


class KilledBeforeTheRecord(Mails):
    """The server has taken the mail, and we die before we note it down."""

    async def record(self, session: AsyncSession, claim: Claim[Mail], outcome: Outcome) -> None:
        raise asyncio.CancelledError


async def test_a_mail_that_was_taken_is_said_and_logged(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    heard = await notify.hear(happened(IncidentReported))
    [sent] = await notify.said(MessageSent)
    assert (sent.recipient, sent.occasion, sent.incident_id) == ("护士站", "incident_registered", INCIDENT)
    assert sent.title == recorder.mails()[0].subject
    [message] = await messages(notify, incident_id=str(INCIDENT))
    assert (message["state"], message["tries"], message["next_try_at"]) == ("sent", 1, None)
    assert message["message_id"] == recorder.mails()[0].message_id == f"<{message['id']}@demo.example>"
    [tried] = message["log"]
    assert (tried["number"], tried["outcome"], tried["status"], tried["reply"]) == (1, "delivered", 250, "recorded")
    [envelope] = [e for e in notify.bus.published if e.type == MessageSent.type]
    assert (envelope.causationid, envelope.correlationid) == (heard.id, INCIDENT)
    assert (envelope.customerid, envelope.actor) == (HOSPITAL, "system:notify")


async def test_a_mail_waits_while_the_server_is_away_and_leaves_once_it_is_back(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await recorder.stop()
    await notify.hear(happened(IncidentReported))
    await notify.settle()
    [waiting] = await messages(notify)
    assert (waiting["state"], waiting["why"], waiting["tries"]) == ("waiting", "not_connected", 1)
    await recorder.start()
    await notify.advance(seconds=1)
    assert recorder.mails() == []
    await notify.advance(seconds=15)
    [sent] = await messages(notify)
    assert (sent["state"], sent["why"], sent["tries"]) == ("sent", None, 2)
    assert [tried["outcome"] for tried in sent["log"]] == ["try_later", "delivered"]
    assert len(recorder.mails()) == len(await notify.said(MessageSent)) == 1


async def test_a_mailbox_that_does_not_exist_is_given_up_at_once(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    recorder.set_answer(WARD, Answer(status=550, body="5.1.1 no such mailbox"))
    await notify.hear(happened(IncidentReported))
    [failed] = await notify.said(MessageFailed)
    [message] = await messages(notify)
    assert (failed.reason, message["state"], message["why"]) == ("mail_refused", "failed", "mail_refused")
    assert (message["log"][0]["status"], message["log"][0]["reply"]) == (550, "5.1.1 no such mailbox")
    recorder.forget_everything()
    await notify.advance(days=1)
    assert recorder.mails() == []


async def test_a_mail_is_given_up_after_ten_tries(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder, smtp_port=closed_port())
    await notify.hear(happened(IncidentReported))
    for _ in range(12):
        await notify.advance(hours=9)
    [message] = await messages(notify)
    assert (message["state"], message["tries"], len(message["log"])) == ("failed", 10, 10)
    [failed] = await notify.said(MessageFailed)
    assert failed.reason == "not_connected"


async def test_a_kill_between_server_and_record_repeats_the_same_mail(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(IncidentReported))
    await loop_of(notify, KilledBeforeTheRecord).step()
    await notify.advance(seconds=10)
    assert len(recorder.mails()) == 1
    await notify.advance(seconds=50)
    assert len(recorder.mails()) == 2
    assert len({mail.message_id for mail in recorder.mails()}) == 1
    assert len({mail.raw for mail in recorder.mails()}) == 1
    [message] = await messages(notify)
    assert [tried["outcome"] for tried in message["log"]] == [None, "delivered"]
    assert len(await notify.said(MessageSent)) == 1


async def test_a_late_word_of_a_try_whose_lease_ran_out_does_not_undo_the_next(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder, smtp_port=closed_port())
    await notify.hear(happened(IncidentReported))
    mails = loop_of(notify, Mails)
    async with notify.runtime.database.transaction(mails.caller) as session:
        [first] = await mails.claimed(session, 1)
    await notify.advance(minutes=1)
    [waiting] = await messages(notify)
    async with notify.runtime.database.transaction(mails.caller) as session:
        await mails.record(session, first, await mails.call(cast(Mail, first.work)))
    [after] = await messages(notify)
    assert (after["tries"], after["next_try_at"]) == (2, waiting["next_try_at"])
    assert [tried["outcome"] for tried in after["log"]] == ["try_later", "try_later"]


async def test_a_mailbox_that_answers_slowly_does_not_hold_up_others(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    """The slow mail leaves only when all others have."""
    others_have_left = asyncio.Event()

    class SlowForOneLeader(Mails):
        async def call(self, work: Mail) -> Outcome:
            if work.recipient == "li@demo.example":
                await others_have_left.wait()
            outcome = await super().call(work)
            if len(recorder.mails()) == 3:
                others_have_left.set()
            return outcome

    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    await notify.hear(happened(EmergencyOpened))
    await notify.hear(happened(IncidentResolved))
    async with asyncio.timeout(60):
        await loop_of(notify, SlowForOneLeader).step()
    assert [mail.recipients[0] for mail in recorder.mails()][3:] == ["li@demo.example"]


async def test_emergencies_leave_before_everything_else(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    for _ in range(10):
        await notify.hear(happened(IncidentReported))
    await notify.hear(happened(ActivationRequested))

    class OneByOne(Mails):
        at_once = 1

    await loop_of(notify, OneByOne).step()
    assert {mail.recipients[0] for mail in recorder.mails()[:2]} == {"li@demo.example", "luo@demo.example"}
    assert len(recorder.mails()) == 12


async def test_a_worker_that_lost_its_place_sends_nothing_more(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(IncidentReported))
    settings = cast(Settings, notify.runtime.settings)
    assert await Mails(notify.runtime.database, notify.runtime.tracer, settings, active=lambda: False).step() == 0
    assert recorder.mails() == []


async def test_the_next_try_wakes_the_loop(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder, smtp_port=closed_port())
    mails = loop_of(notify, Mails)
    assert await mails.idle_seconds() == 5.0
    await notify.hear(happened(IncidentReported))
    assert await mails.idle_seconds() == 0.0


def answering_in_gbk(words: str) -> Conversation:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            refused = line.upper().startswith(b"RCPT")
            writer.write(b"550 " + words.encode("gbk") + b"\r\n" if refused else b"250 OK\r\n")

    return talk


async def test_a_servers_words_in_gbk_are_kept_readable(one_service: OneService.Factory, recorder: Recorder) -> None:
    async with server(answering_in_gbk("用户不存在")) as port:
        notify = await opened(one_service, recorder, smtp_port=port)
        await notify.hear(happened(IncidentReported))
        await notify.settle()
    [message] = await messages(notify)
    assert (message["state"], message["log"][0]["reply"]) == ("failed", "用户不存在")


async def test_a_worker_sends_at_once_and_ends_what_it_has_begun_before_it_stops(
    one_service: OneService.Factory, recorder: Recorder, admin: Any
) -> None:
    being_taken, may_be_taken = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            if not line.upper().startswith(b"DATA"):
                writer.write(b"250 OK\r\n")
                continue
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            being_taken.set()
            await may_be_taken.wait()
            writer.write(b"250 taken\r\n")

    async with server(talk) as port, asyncio.timeout(60):
        notify = await opened(one_service, recorder, smtp_port=port)
        await notify.runtime.start("worker")
        await notify.hear(happened(IncidentReported))
        await being_taken.wait()
        stopping = asyncio.create_task(notify.runtime.stop())
        may_be_taken.set()
        await stopping
    assert await admin.fetchval("SELECT state FROM notify.messages") == "sent"


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.LEADER, Role.CLIENT_SYSTEM])
async def test_only_those_who_answer_for_messages_read_them(
    one_service: OneService.Factory, recorder: Recorder, role: Role
) -> None:
    notify = await opened(one_service, recorder)
    async with notify.as_(principal(role)) as client:
        answer = await client.get("/v1/messages")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_what_became_of_a_message_is_audited(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    recorder.set_answer(VENDOR, Answer(status=550))
    await notify.hear(a_person(LEADER, "Li"))
    await notify.hear(a_person(SECOND_LEADER, "Luo", email=""))
    await notify.hear(happened(EmergencyOpened))
    await notify.settle()
    async with notify.as_(principal(Role.ADMINISTRATOR)) as client:
        evidence: Any = (await client.get(f"/v1/evidence/notify/{INCIDENT}")).json()
    assert [entry["action"] for entry in evidence["entries"]] == ["write_message", "send_message", "write_message"]
    assert [event["type"] for event in evidence["events"]] == [MessageFailed.type, MessageSent.type]
    async with notify.runtime.database.transaction(Caller("system:test", "system"), read_only=True) as session:
        assert await verify_chains(session) == []
