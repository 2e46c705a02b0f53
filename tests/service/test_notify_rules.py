"""Who is told what: each rule in both languages, once per occasion and recipient, and never lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from clients.recorded import RecordedMail
from clients.recorder import Recorder
from services.notify.recipients.models import Department, Person
from shared.db import Caller
from shared.events import Event
from shared.events.escalation import AlarmRaised, EmergencyOpened, PartyEngaged
from shared.events.feedback import SurveySent
from shared.events.incidents import (
    IncidentAssigned,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    PauseDisputed,
    SolutionRefused,
)
from shared.events.inventory import PartReserved
from shared.events.notify import MessageFailed, MessageSent
from tests.builders.notify import (
    BANK,
    DEPARTMENT,
    ENGINEER,
    HOSPITAL,
    INCIDENT,
    KEEPER,
    LEADER,
    LINK,
    SAID_BY_PEOPLE,
    SECOND_LEADER,
    TOLD,
    WARD,
    a_department,
    a_person,
    happened,
    introduce_everybody,
    messages,
    opened,
)
from tests.harness import OneService

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
async def test_everybody_concerned_gets_one_mail_in_their_language(
    one_service: OneService.Factory, recorder: Recorder, kind: type[Event]
) -> None:
    notify = await opened(one_service, recorder)
    for sequence, locale in enumerate(("zh-CN", "en"), start=1):
        recorder.forget_everything()
        await introduce_everybody(notify, locale, sequence=sequence)
        await notify.hear(happened(kind, locale))
        await notify.settle()
        assert sorted(mail.recipients[0] for mail in recorder.mails()) == sorted(TOLD[kind])
        for mail in recorder.mails():
            reads_as_written_for(locale, mail)


def reads_as_written_for(locale: str, mail: RecordedMail) -> None:
    """Nothing of the template's own language, no code in place of a term, nothing left unfilled."""
    assert "INC-2026-000123" in mail.subject
    assert mail.headers["content-language"] == locale
    ours = mail.subject + mail.text
    for words in SAID_BY_PEOPLE:
        ours = ours.replace(words, "")
    assert bool(CHINESE.search(ours)) == (locale == "zh-CN")
    assert not re.search(r"[{}]|None|[a-z]+_[a-z]+", ours)


async def test_a_mail_says_what_happened_in_plain_words(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    await notify.hear(happened(PartReserved))
    await notify.settle()
    [mail] = recorder.mails()
    assert mail.subject == "【备件预留】INC-2026-000123 风扇模块 × 2"
    assert mail.text.startswith("Kong（中文名），您好：\n\n您负责的备件库已为下列事件预留备件")
    assert "承诺送达：2026-03-02 09:30（UTC+08:00）" in mail.text
    assert (mail.sender, mail.headers["auto-submitted"]) == ("aftercare@demo.example", "auto-generated")


async def test_coded_values_are_said_in_the_readers_terms(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(a_person(LEADER, "Li"))
    await notify.hear(a_person(SECOND_LEADER, "Luo", "en"))
    await notify.hear(happened(EmergencyOpened))
    await notify.settle()
    [chinese], [english] = recorder.mails("li@demo.example"), recorder.mails("luo@demo.example")
    assert chinese.subject == "【紧急】INC-2026-000123 重大故障：核心交换机故障"
    assert english.subject == "[EMERGENCY] INC-2026-000123 major fault: 核心交换机故障"
    assert "定性：设备故障" in chinese.text
    assert "Class: device fault" in english.text
    assert chinese.headers["importance"] == english.headers["importance"] == "high"


async def test_a_title_with_line_breaks_stays_in_the_subject(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(IncidentReported, title="down\r\nBcc: x@demo.example\n{{ 7 * 7 }}", contact_locale="en"))
    await notify.settle()
    [mail] = recorder.mails()
    assert mail.subject.endswith("registered: down Bcc: x@demo.example {{ 7 * 7 }}")
    assert mail.recipients == (WARD,)


async def test_what_no_contract_covers_is_said_so(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(IncidentReported, covered=False, contract_number=None))
    await notify.settle()
    [mail] = recorder.mails()
    assert "暂未查到与此问题对应的服务合同" in mail.text
    assert "适用合同" not in mail.text


async def test_an_event_that_comes_twice_tells_once(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    event, event_id = happened(EmergencyOpened), uuid7()
    for _ in range(2):
        await notify.hear(event, event_id=event_id)
        await notify.settle()
    assert len(recorder.mails()) == len({mail.message_id for mail in recorder.mails()}) == 2
    assert len(await notify.said(MessageSent)) == 2


async def test_one_occasion_reaches_one_recipient_once_though_the_inbox_forgot(
    one_service: OneService.Factory, recorder: Recorder, admin: Any
) -> None:
    notify = await opened(one_service, recorder)
    event, event_id = happened(IncidentReported), uuid7()
    await notify.hear(event, event_id=event_id)
    await admin.execute("DELETE FROM notify.inbox")
    await notify.hear(event, event_id=event_id)
    await notify.settle()
    assert len(await messages(notify)) == len(recorder.mails()) == 1


@pytest.mark.parametrize("circumstance", [{"drill": uuid7()}, {"historical": True}])
async def test_drills_and_history_tell_nobody_and_fill_copies_all_the_same(
    one_service: OneService.Factory, recorder: Recorder, circumstance: dict[str, Any]
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(a_department(), **circumstance)
    for kind in TOLD:
        await notify.hear(happened(kind), **circumstance)
    await notify.settle()
    assert (await messages(notify), recorder.mails()) == ([], [])
    assert len(await notify.rows(select(Department))) == 1


async def test_the_newest_record_of_a_recipient_counts(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(a_person(LEADER, "New", "en"), sequence=3)
    await notify.hear(a_person(LEADER, "Old"), sequence=2)
    await notify.hear(a_department(name_en="New"), sequence=3)
    await notify.hear(a_department(name_en="Old"), sequence=2)
    people = await notify.rows(select(Person.name_en, Person.sequence))
    departments = await notify.rows(select(Department.name_en, Department.sequence))
    assert people == departments == [("New", 3)]


async def test_a_department_is_seen_by_its_own_customer_only(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(a_department())
    seen = [
        await notify.rows(select(Department.id), Caller("person:test", "customer", customer_id=customer))
        for customer in (HOSPITAL, BANK)
    ]
    assert seen == [[(DEPARTMENT,)], []]


@pytest.mark.parametrize(
    ("event", "recipient"),
    [
        (happened(IncidentReported, contact_email=None), "contact:护士站"),
        (happened(PartyEngaged, party_email=None), "party:示例设备公司"),
    ],
)
async def test_a_message_to_somebody_without_an_address_is_seen_to_have_failed(
    one_service: OneService.Factory, recorder: Recorder, event: Event, recipient: str
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(event, actor=f"person:{LEADER}")
    [failed] = await notify.said(MessageFailed)
    assert [each.actor for each in notify.bus.published] == ["system:notify"], "nobody's doing"
    [message] = await messages(notify, incident_id=str(INCIDENT))
    assert (message["state"], message["why"], message["recipient"]) == ("failed", "no_address", recipient)
    assert (failed.reason, str(failed.message_id), failed.incident_id) == ("no_address", message["id"], INCIDENT)
    assert recorder.mails() == []


async def test_whoever_has_left_or_has_no_address_is_not_written_to_and_does_not_hold_up_others(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    await notify.hear(a_person(LEADER, "Li", active=False), sequence=2)
    await notify.hear(happened(AlarmRaised))
    await notify.hear(a_person(SECOND_LEADER, "Luo", email=""), sequence=2)
    await notify.hear(happened(EmergencyOpened))
    await notify.settle()
    assert [mail.recipients for mail in recorder.mails()] == [("wang@demo.example",)]
    reasons = sorted(failed.reason for failed in await notify.said(MessageFailed))
    assert reasons == ["no_address", "recipient_left", "recipient_left"]


async def test_a_leader_not_heard_of_yet_is_told_once_known_and_the_others_at_once(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(a_person(LEADER, "Li"))
    await notify.hear(happened(EmergencyOpened))
    await notify.settle()
    assert [mail.recipients for mail in recorder.mails()] == [("li@demo.example",)]
    [waiting] = [message for message in await messages(notify) if message["state"] == "waiting"]
    assert (waiting["recipient"], waiting["why"]) == (f"person:{SECOND_LEADER}", "recipient_unknown")
    await notify.hear(a_person(SECOND_LEADER, "Luo"))
    await notify.advance(minutes=1)
    assert [mail.recipients[0] for mail in recorder.mails()] == ["li@demo.example", "luo@demo.example"]


@pytest.mark.parametrize("kind", [SolutionRefused, IncidentReopened, PauseDisputed], ids=lambda kind: kind.__name__)
async def test_while_nobody_is_responsible_the_desk_is_told_what_the_customer_says(
    one_service: OneService.Factory, recorder: Recorder, kind: type[Event]
) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    await notify.hear(a_person(LEADER, "Li", roles=("desk",)), sequence=2)
    await notify.hear(a_person(KEEPER, "Kong", roles=("desk",), active=False), sequence=2)
    await notify.hear(happened(kind, engineer_id=None))
    await notify.settle()
    [mail] = recorder.mails()
    assert mail.recipients == ("li@demo.example",)


async def test_whoever_takes_an_incident_on_is_not_told_of_it(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    await notify.hear(happened(IncidentAssigned), actor=f"person:{ENGINEER}")
    await notify.hear(happened(IncidentReopened), actor=f"person:{LEADER}")
    await notify.settle()
    assert [mail.subject for mail in recorder.mails()] == ["【INC-2026-000123】重新打开：核心交换机故障"]


async def test_a_department_never_heard_of_is_given_up_in_the_end(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(IncidentResolved, contact_email=None))
    for _ in range(10):
        await notify.advance(hours=9)
    told = {message["occasion"]: (message["state"], message["why"]) for message in await messages(notify)}
    assert told["service_restored"] == ("failed", "recipient_unknown")


async def test_the_link_of_a_survey_is_for_the_contact_only(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await notify.hear(happened(SurveySent))
    await notify.hear(happened(IncidentReported))
    await notify.settle()
    assert sum(LINK in mail.text for mail in recorder.mails()) == 1
    survey, report = await messages(notify)
    assert (survey["text"], survey["state"]) == (None, "sent")
    assert "事件编号" in report["text"]
    assert LINK not in repr([survey, report, await notify.said(MessageSent)])
