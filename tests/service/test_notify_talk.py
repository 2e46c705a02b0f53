"""Who hears what is said about an incident: the contact, the engineer or the desk, and who watches it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clients.recorder import Recorder
from services.notify.webhooks.public import PUBLIC_TYPES
from shared.events import REGISTRY, Event
from shared.events.incidents import (
    AttachmentAdded,
    IncidentClosed,
    IncidentCommented,
    IncidentResolved,
    InternalNoteAdded,
)
from shared.events.notify import MessageSent, WatcherTold
from shared.mechanisms import tables_of
from tests.builders.notify import (
    ENGINEER,
    HOSPITAL_SYSTEM,
    LEADER,
    SAID_BY_PEOPLE,
    SECOND_LEADER,
    SUPERIOR,
    WARD,
    happened,
    introduce_everybody,
    opened,
    watched_by,
)
from tests.harness import OneService

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
async def notify(one_service: OneService.Factory, recorder: Recorder) -> OneService:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify)
    return notify


async def told(notify: OneService, recorder: Recorder, event: Event) -> list[str]:
    """The addresses that got a mail about it."""
    recorder.forget_everything()
    await notify.hear(event)
    await notify.settle()
    return sorted(mail.recipients[0] for mail in recorder.mails())


async def test_the_contact_hears_the_provider_and_the_engineer_the_customer(
    notify: OneService, recorder: Recorder
) -> None:
    ours = happened(IncidentCommented, from_customer=False)
    assert await told(notify, recorder, ours) == [WARD]
    [mail] = recorder.mails()
    assert mail.subject == "【INC-2026-000123】最新进展：核心交换机故障"
    assert "引擎板在途中" in mail.text
    theirs = happened(IncidentCommented, from_customer=True, told_ids=(ENGINEER,))
    assert await told(notify, recorder, theirs) == ["wang@demo.example"]
    assert recorder.mails()[0].subject == "【INC-2026-000123】客户留言：核心交换机故障"


@pytest.mark.parametrize("kind", [IncidentCommented, IncidentResolved, IncidentClosed])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_watchers_hear_how_it_goes_on_in_their_language(
    one_service: OneService.Factory, recorder: Recorder, kind: type[Event], locale: str
) -> None:
    notify = await opened(one_service, recorder)
    await introduce_everybody(notify, locale)
    unwatched = await told(notify, recorder, happened(kind, locale))
    await notify.hear(watched_by(LEADER, SUPERIOR))
    watched = await told(notify, recorder, happened(kind, locale))
    assert watched == sorted([*unwatched, "li@demo.example", "sun@demo.example"])
    [mail] = recorder.mails("li@demo.example")
    ours = mail.subject + mail.text
    for words in SAID_BY_PEOPLE:
        ours = ours.replace(words, "")
    assert bool(CHINESE.search(ours)) == (locale == "zh-CN")
    assert not re.search(r"[{}]|None", ours)


async def test_that_watchers_were_told_stays_among_the_providers_people(notify: OneService, recorder: Recorder) -> None:
    await notify.hear(watched_by(LEADER), sequence=2)
    await told(notify, recorder, happened(IncidentClosed))
    [said] = await notify.said(WatcherTold)
    assert (said.occasion, said.internal) == ("watched_closed", True)
    assert await notify.said(MessageSent) == []
    entries = await notify.rows(tables_of("notify")["audit"].select())
    assert {row.action for row in entries if row.customer_id is None} >= {"write_message", "send_message"}
    assert [row for row in entries if row.customer_id and str(LEADER) in str(row.after)] == []


async def test_who_ceased_to_watch_hears_no_more(notify: OneService, recorder: Recorder) -> None:
    await notify.hear(watched_by(LEADER), sequence=2)
    assert await told(notify, recorder, happened(IncidentClosed)) == ["li@demo.example"]
    await notify.hear(watched_by(), sequence=3)
    assert await told(notify, recorder, happened(IncidentClosed)) == []


async def test_watchers_of_before_do_not_replace_those_of_now(notify: OneService, recorder: Recorder) -> None:
    await notify.hear(watched_by(LEADER), sequence=5)
    await notify.hear(watched_by(SECOND_LEADER), sequence=4)
    assert await told(notify, recorder, happened(IncidentClosed)) == ["li@demo.example"]


async def test_nobody_hears_their_own_comment(notify: OneService, recorder: Recorder) -> None:
    await notify.hear(watched_by(LEADER, ENGINEER))
    recorder.forget_everything()
    event = happened(IncidentCommented, from_customer=True, told_ids=())
    await notify.hear(event, actor=f"person:{ENGINEER}")
    await notify.settle()
    assert [mail.recipients[0] for mail in recorder.mails()] == ["li@demo.example"]


async def test_client_systems_are_called_about_what_is_public_only(notify: OneService, recorder: Recorder) -> None:
    internal = [kind.type for kind in REGISTRY.values() if kind.internal]
    assert InternalNoteAdded.type in internal
    assert set(internal) & set(PUBLIC_TYPES) == set()
    assert {IncidentCommented.type, AttachmentAdded.type} <= set(PUBLIC_TYPES)
    async with notify.as_(HOSPITAL_SYSTEM) as system:
        wanted: dict[str, Any] = {"url": recorder.hook_url("hospital"), "event_types": internal}
        answer = await system.post("/v1/webhooks", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_event_types")
