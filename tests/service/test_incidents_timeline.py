"""The timeline: every event about an incident, from every service, readable in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from services.incidents.timeline.models import Entry
from shared.auth import Principal
from shared.events.feedback import SurveySent
from shared.events.incidents import InternalNoteAdded
from shared.events.inventory import PartReserved, PartUsed
from shared.events.notify import MessageSent
from shared.mechanisms import tables_of
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    ENGINEER_ID,
    SOLVED,
    Customer,
    a_customer,
    do,
    in_progress,
    person,
    reported,
)
from tests.harness import OneService


async def hear_ourselves(incidents: OneService) -> None:
    """Bring what the service said back to it, as the bus does."""
    await incidents.settle()
    for envelope in list(incidents.bus.published):
        await incidents.runtime.inbox.receive(envelope)


async def told(incidents: OneService, incident: dict[str, Any], who: Principal = DESK) -> list[dict[str, Any]]:
    [entries] = await told_in_pages(incidents, incident, who, limit=200)
    return entries


async def told_in_pages(
    incidents: OneService, incident: dict[str, Any], who: Principal = DESK, *, limit: int
) -> list[list[dict[str, Any]]]:
    path: str | None = f"/v1/incidents/{incident['id']}/timeline?limit={limit}"
    pages: list[list[dict[str, Any]]] = []
    async with incidents.as_(who) as client:
        while path:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json())
            path = answer.links.get("next", {}).get("url")
    return pages


def part_used(customer: Customer, incident: dict[str, Any]) -> PartUsed:
    return PartUsed(
        reservation_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        part_number="SUP-1",
        quantity=1,
        used_by=ENGINEER_ID,
        used_at="2026-08-01T00:00:00Z",
    )


def mail(incident: dict[str, Any] | None) -> MessageSent:
    return MessageSent(
        message_id=uuid7(),
        incident_id=UUID(incident["id"]) if incident else None,
        customer_id=None,
        occasion="emergency_opened",
        channel="mail",
        recipient="leader@example.com",
        title="Emergency",
        sent_at="2026-08-01T00:00:00Z",
    )


async def test_the_whole_story_is_told_in_order_and_in_both_languages(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, DESK, incident, "assign", {"engineer_id": str(ENGINEER_ID)})
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await do(incidents, customer.user, incident, "confirm")
    await hear_ourselves(incidents)
    entries = await told(incidents, incident, customer.user)
    number = incident["number"]
    in_chinese = [e["sentence_zh"] for e in entries if not e["type"].startswith("incidents.clock")]
    assert in_chinese == [
        f"{number} 已报告（门户）：Core switch down",
        "已响应",
        "已定性：一般故障，设备故障。The supervisor card does not start.",
        "已指派给 示例工程师",
        "服务已恢复：Supervisor card replaced, traffic checked.",
        "客户已确认恢复",
        f"{number} 已关闭",
    ]
    assert [e["sentence_en"] for e in entries if e["type"] == "incidents.incident_assigned.v1"] == [
        "Assigned to Example Engineer"
    ]
    assert "Promise “on site” cancelled" in [e["sentence_en"] for e in entries]
    assert {e["service"] for e in entries} == {"incidents"}
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)


async def test_an_entry_says_who_did_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=2)
    await hear_ourselves(incidents)
    by_type = {entry["type"]: entry for entry in await told(incidents, incident)}
    reporter = by_type["incidents.incident_reported.v1"]
    desk = by_type["incidents.incident_acknowledged.v1"]
    clock = by_type["incidents.clock_breached.v1"]
    assert (reporter["actor_name_zh"], reporter["actor"]) == (None, f"person:{customer.user.id}")
    assert (desk["actor_name_zh"], desk["actor_name_en"]) == ("示例坐席", "Example Desk")
    assert (clock["actor_name_zh"], clock["actor_name_en"]) == ("系统", "system")
    assert customer.user.id
    await incidents.hear(person(customer.user.id, "示例用户", "Example User"))
    assert (await told(incidents, incident))[0]["actor_name_en"] == "Example User"


async def test_what_other_services_say_about_it_is_part_of_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    cause = uuid7()
    used = await incidents.hear(part_used(customer, incident), causationid=cause)
    await incidents.hear(mail(incident))
    part, message = await told(incidents, incident, customer.user)
    assert (part["event_id"], part["causation_id"]) == (str(used.id), str(cause))
    assert (part["service"], part["sentence_zh"]) == ("inventory", "已使用：SUP-1 × 1")
    assert part["data"]["part_number"] == "SUP-1"
    assert message["sentence_en"] == "E-mail to leader@example.com: Emergency"


async def test_an_event_about_no_incident_is_left_out(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await incidents.hear(mail(None))
    assert await incidents.rows(select(Entry)) == []
    inbox = tables_of("incidents")["inbox"]
    assert [row[0] for row in await incidents.rows(select(inbox.c.state))] == ["done"]


async def test_an_event_heard_twice_is_told_once(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    event = part_used(customer, incident)
    envelope = await incidents.hear(event)
    await incidents.hear(event, event_id=envelope.id)
    assert len(await told(incidents, incident)) == 1


async def test_events_that_come_in_any_order_are_told_by_time_then_sequence(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await incidents.settle()
    for envelope in reversed(incidents.bus.published):
        await incidents.runtime.inbox.receive(envelope)
    kinds = [entry["type"].split(".")[1] for entry in await told(incidents, incident)]
    assert kinds == ["incident_reported", "clocks_armed"]


@pytest.mark.filterwarnings("default")
async def test_an_event_about_an_unknown_incident_waits_for_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await incidents.hear(part_used(customer, {"id": str(uuid7())}))
    inbox = tables_of("incidents")["inbox"]
    open_rows = select(inbox.c.state, inbox.c.error).where(inbox.c.type == PartUsed.type)
    [row] = await incidents.rows(open_rows)
    assert row.state == "waiting"
    assert "no incident" in row.error


async def test_an_event_of_another_tenant_does_not_enter(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    own, other = await a_customer(incidents), await a_customer(incidents)
    incident = await reported(incidents, own)
    await incidents.hear(part_used(other, incident))
    assert await told(incidents, incident) == []


async def test_the_link_of_a_survey_is_not_kept(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    now = await incidents.now()
    sent = SurveySent(
        survey_id=uuid7(),
        incident_id=UUID(incident["id"]),
        customer_id=customer.id,
        number=incident["number"],
        contact_name="示例联系人",
        contact_email="contact@example.com",
        contact_locale="zh-CN",
        link="http://127.0.0.1/s/secret-token",
        expires_at=now + timedelta(days=7),
    )
    await incidents.hear(sent)
    [entry] = await told(incidents, incident)
    assert "secret-token" not in str(entry)
    assert entry["sentence_zh"] == "已向 示例联系人 发送满意度调查"


async def test_a_part_is_told_in_the_readers_language(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    now = await incidents.now()
    names = {
        "part_name_zh": "主控板",
        "part_name_en": "Supervisor",
        "depot_name_zh": "成都库",
        "depot_name_en": "Chengdu",
    }
    reserved = PartReserved(
        **part_used(customer, incident).model_dump(exclude={"used_by", "used_at"}),
        **names,
        call_up_id=uuid7(),
        number=incident["number"],
        depot_id=uuid7(),
        keeper_id=uuid7(),
        promised_at=now,
        expires_at=now,
    )
    await incidents.hear(reserved)
    [entry] = await told(incidents, incident)
    assert (entry["sentence_zh"], entry["sentence_en"]) == (
        "成都库 已预留：SUP-1 × 1",
        "Reserved at Chengdu: 1 × SUP-1",
    )


@pytest.mark.parametrize("limit", [1, 3, 4])
async def test_pages_have_each_line_once_and_in_the_order_of_the_whole(
    one_service: OneService.Factory, limit: int
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await hear_ourselves(incidents)
    whole = await told(incidents, incident)
    assert len(whole) > 4
    assert len({entry["at"] for entry in whole}) < len(whole), "else no moment has several"
    pages = await told_in_pages(incidents, incident, limit=limit)
    assert [entry for page in pages for entry in page] == whole
    assert {len(page) for page in pages[:-1]} == {limit}


async def test_pages_leave_out_what_the_reader_may_not_see(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    note = {"text": "Between ourselves", "visibility": "internal"}
    async with incidents.as_(ENGINEER) as client:
        assert (await client.post(f"/v1/incidents/{incident['id']}/comments", json=note)).status_code == 201
    await hear_ourselves(incidents)
    ours, theirs = [
        [entry for page in await told_in_pages(incidents, incident, who, limit=2) for entry in page]
        for who in (DESK, customer.user)
    ]
    assert [entry for entry in ours if entry["type"] != InternalNoteAdded.type] == theirs
    assert len(ours) == len(theirs) + 1


async def test_a_cursor_that_is_no_line_of_this_incident_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    one, other = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await hear_ourselves(incidents)
    async with incidents.as_(DESK) as client:
        first = await client.get(f"/v1/incidents/{one['id']}/timeline?limit=1")
        elsewhere = first.links["next"]["url"].replace(one["id"], other["id"])
        answer = await client.get(elsewhere)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
