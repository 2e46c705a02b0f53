"""What the provider keeps to itself: who of its own people sees it, by each way an incident is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.auth import Principal
from shared.events.incidents import (
    InternalAttachmentAdded,
    InternalAttachmentWithdrawn,
    InternalNoteAdded,
    TimeSpent,
    TimeWithdrawn,
    WatchersChanged,
)
from shared.permissions import GRANTS, Permission, Role
from tests.builders.incidents import DESK, DESK_ID, ENGINEER, ENGINEER_ID, Customer, a_customer, reported
from tests.builders.talk import ask, attach, attached, downloaded, said, say, told_types
from tests.harness import OneService, principal

NOTE, FILE, TAG = "The customer has not paid for two years.", "unpaid-invoices.log", "does not pay"
PUBLIC = "At ten."
INTERNAL = {
    kind.type
    for kind in (
        InternalNoteAdded,
        InternalAttachmentAdded,
        InternalAttachmentWithdrawn,
        TimeSpent,
        TimeWithdrawn,
        WatchersChanged,
    )
}
READERS = [role for role in Role if Permission.INCIDENTS_READ in GRANTS[role]]
SEES = {Role.DESK, Role.ENGINEER, Role.EMERGENCY_TEAM, Role.MANAGEMENT, Role.QUALITY, Role.ADMINISTRATOR}


async def with_everything_internal(incidents: OneService, customer: Customer) -> tuple[dict[str, Any], list[Any]]:
    """An incident of which all is said, attached, entered, tagged and watched that can be internal; and the files."""
    incident = await reported(incidents, customer)
    path = f"/v1/incidents/{incident['id']}"
    await say(incidents, DESK, incident, PUBLIC)
    await say(incidents, ENGINEER, incident, NOTE, visibility="internal")
    files = [await attach(incidents, ENGINEER, incident, name=FILE, visibility="internal") for _ in range(2)]
    await ask(incidents, DESK, "DELETE", f"/v1/attachments/{files[1]['id']}", expect=204, params={"reason": "Twice."})
    spent = {"work": "remote", "minutes": 30, "spent_on": str((await incidents.now()).date())}
    entry, _ = [await ask(incidents, ENGINEER, "POST", f"{path}/time", expect=201, json=spent) for _ in range(2)]
    await ask(incidents, ENGINEER, "POST", f"/v1/time/{entry['id']}/withdraw", json={"reason": "Twice."})
    await ask(incidents, ENGINEER, "PUT", f"{path}/tags", json={"tags": [TAG]})
    await ask(incidents, ENGINEER, "PUT", f"{path}/watchers/me", expect=204)
    return incident, files


async def seen_by(incidents: OneService, who: Principal, incident: dict[str, Any], files: list[Any]) -> dict[str, bool]:
    """By each way to read an incident, whether something internal is seen."""
    path = f"/v1/incidents/{incident['id']}"
    watchers = await ask(incidents, who, "GET", f"{path}/watchers")
    tagged = await ask(incidents, who, "GET", "/v1/incidents", params={"tag": TAG})
    async with incidents.as_(who) as client:
        exported = (await client.get("/v1/incidents:export", params={"tag": TAG})).text
        tags, time = [(await client.get(f"{path}/{own}")).status_code for own in ("tags", "time")]
    return {
        "comments": NOTE in await said(incidents, who, incident),
        "timeline": not INTERNAL.isdisjoint(await told_types(incidents, who, incident)),
        "attachments": files[0]["id"] in await attached(incidents, who, incident),
        "download": (await downloaded(incidents, who, files[0])).status_code == 200,
        "watchers": str(ENGINEER_ID) in [watcher["person_id"] for watcher in watchers],
        "list by tag": incident["id"] in [found["id"] for found in tagged],
        "export by tag": incident["number"] in exported,
        "tags": tags == 200,
        "time": time == 200,
    }


async def evidence_has(incidents: OneService, who: Principal, incident: dict[str, Any]) -> dict[str, bool]:
    """What of it the evidence shows, to somebody who may read it."""
    who = replace(who, permissions=who.permissions | {Permission.EVIDENCE_READ.value})
    evidence = await ask(incidents, who, "GET", f"/v1/evidence/incidents/{incident['id']}")
    entries = str(evidence["entries"])
    return {
        "events": not INTERNAL.isdisjoint(event["type"] for event in evidence["events"]),
        "note": NOTE in entries,
        "file": FILE in entries,
        "time": "enter_time" in entries,
        "watcher": "add_watcher" in entries,
    }


@pytest.mark.parametrize("role", READERS)
async def test_only_who_may_sees_what_is_internal(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    incident, files = await with_everything_internal(incidents, await a_customer(incidents))
    who, may = principal(role), role in SEES
    assert (found := await seen_by(incidents, who, incident, files)) == dict.fromkeys(found, may)
    assert (found := await evidence_has(incidents, who, incident)) == dict.fromkeys(found, may)
    assert PUBLIC in await said(incidents, who, incident)


@pytest.mark.parametrize("role", READERS)
async def test_a_customers_people_see_nothing_internal(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident, files = await with_everything_internal(incidents, customer)
    who = principal(role, customer_id=customer.id)
    assert set((await seen_by(incidents, who, incident, files)).values()) == {False}
    assert set((await evidence_has(incidents, who, incident)).values()) == {False}
    assert PUBLIC in await said(incidents, who, incident)


async def test_a_customers_key_with_the_permission_by_mistake_sees_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident, _ = await with_everything_internal(incidents, customer)
    held = customer.key.permissions | {Permission.INCIDENTS_INTERNAL.value}
    key = replace(customer.key, permissions=held)
    assert await said(incidents, key, incident) == [PUBLIC]
    assert INTERNAL.isdisjoint(await told_types(incidents, key, incident))


async def test_no_word_of_a_note_finds_its_incident(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await with_everything_internal(incidents, await a_customer(incidents))
    for words in ("paid", "unpaid-invoices.log", TAG):
        assert await ask(incidents, DESK, "GET", "/v1/incidents", params={"q": words}) == []


async def test_a_leader_who_watches_sees_himself(one_service: OneService.Factory) -> None:
    """The provider's leader may watch, but not see who else of it does."""
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    leader, desk = principal(Role.LEADER), principal(Role.DESK, person_id=DESK_ID)
    path = f"/v1/incidents/{incident['id']}/watchers"
    for who in (leader, desk):
        await ask(incidents, who, "PUT", f"{path}/me", expect=204)
    assert [watcher["person_id"] for watcher in await ask(incidents, leader, "GET", path)] == [str(leader.id)]


async def test_a_leader_withdraws_no_file_that_he_does_not_see(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    file = await attach(incidents, ENGINEER, incident, visibility="internal")
    path = f"/v1/attachments/{file['id']}"
    problem = await ask(incidents, principal(Role.LEADER), "DELETE", path, expect=404, params={"reason": "No."})
    assert problem["code"] == "attachment_not_found"
    await say(incidents, principal(Role.LEADER), incident, NOTE, visibility="internal", expect=403)
