"""Comments: what customer and provider share, what the provider keeps to itself, and who hears of it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.contracts import Target
from shared.events.incidents import ArmedClock, IncidentCommented, InternalNoteAdded
from shared.permissions import Role
from tests.builders.incidents import (
    DESK,
    DESK_ID,
    ENGINEER,
    ENGINEER_ID,
    HOUR,
    SOLVED,
    TARGETS,
    Customer,
    a_customer,
    armed,
    do,
    in_progress,
    reported,
)
from tests.builders.statements import statements
from tests.builders.talk import ask, colleague_of, said, say, told_types
from tests.harness import OneService, principal

NOTE = "The customer has not paid for two years."


async def test_customer_and_provider_talk(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await say(incidents, customer.user, incident, "  When will somebody come?\n")
    answer = await say(incidents, DESK, incident, "At ten.")
    for who in (customer.user, colleague_of(customer), DESK):
        assert await said(incidents, who, incident) == ["When will somebody come?", "At ten."]
    assert (answer["author"], answer["visibility"], answer["from_customer"]) == (DESK.actor, "public", False)


async def test_comments_come_page_by_page(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    for number in range(3):
        await say(incidents, DESK, incident, str(number))
    async with incidents.as_(DESK) as client:
        first = await client.get(f"/v1/incidents/{incident['id']}/comments", params={"limit": 2})
        second = await client.get(first.links["next"]["url"])
    assert [comment["text"] for comment in first.json() + second.json()] == ["2", "1", "0"]
    assert "next" not in second.links


async def seen_of_the_note(incidents: OneService, who: Principal, incident: dict[str, Any]) -> dict[str, bool]:
    """By each way, whether the note (or that there is one) reaches somebody."""
    evidence = await ask(incidents, who, "GET", f"/v1/evidence/incidents/{incident['id']}")
    return {
        "list": NOTE in await said(incidents, who, incident),
        "timeline": InternalNoteAdded.type in await told_types(incidents, who, incident),
        "events": InternalNoteAdded.type in [event["type"] for event in evidence["events"]],
        "audit": NOTE in str(evidence["entries"]),
    }


async def test_an_internal_note_never_reaches_a_customer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await say(incidents, ENGINEER, incident, NOTE, visibility="internal")
    leader = principal(Role.LEADER, customer_id=customer.id)
    desk = principal(Role.DESK, person_id=DESK_ID)
    assert set((await seen_of_the_note(incidents, leader, incident)).values()) == {False}
    assert set((await seen_of_the_note(incidents, desk, incident)).values()) == {True}


async def test_an_events_class_that_forgets_to_be_internal_would_be_seen(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """The planted twin: the same note under the type of a public comment."""
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await say(incidents, ENGINEER, incident, NOTE, visibility="internal")
    leader = principal(Role.LEADER, customer_id=customer.id)
    before = await told_types(incidents, leader, incident)
    await admin.execute(
        "UPDATE incidents.timeline SET type = $1, data = data || $2::jsonb WHERE type = $3",
        "incidents.incident_closed.v1",
        '{"number": "", "title": "", "contact_name": "", "contact_email": null, "contact_locale": "en", '
        '"closed_at": "2026-03-02T01:30:00Z"}',
        InternalNoteAdded.type,
    )
    timeline = await ask(incidents, leader, "GET", f"/v1/incidents/{incident['id']}/timeline")
    assert len(timeline) == len(before) + 1


async def test_the_event_of_a_note_does_not_have_its_text(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await say(incidents, ENGINEER, incident, NOTE, visibility="internal")
    [event] = await incidents.said(InternalNoteAdded)
    assert NOTE not in event.model_dump_json()
    assert await incidents.said(IncidentCommented) == []


@pytest.mark.parametrize("role", [Role.CUSTOMER_USER, Role.EMERGENCY_TEAM])
async def test_a_customers_people_write_no_internal_notes(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    theirs = principal(role, Role.CUSTOMER_USER, customer_id=customer.id)
    problem = await say(incidents, theirs, incident, NOTE, visibility="internal", expect=403)
    assert (problem["code"], problem["permission"]) == ("forbidden", "incidents:internal")
    assert await said(incidents, DESK, incident) == []


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
async def test_a_comment_says_something_and_not_too_much(one_service: OneService.Factory, text: str) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    assert (await say(incidents, DESK, incident, text, expect=422))["code"] == "invalid_input"


async def test_another_customers_incident_is_not_there(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    stranger = (await a_customer(incidents, of=Customer())).user
    assert (await say(incidents, stranger, incident, "Hello", expect=404))["code"] == "incident_not_found"
    await ask(incidents, stranger, "GET", f"/v1/incidents/{incident['id']}/comments", expect=404)
    assert await incidents.said(IncidentCommented) == []


async def test_the_desk_hears_a_customer_until_there_is_an_engineer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await say(incidents, customer.user, incident, "Hello?")
    await do(incidents, DESK, incident, "assign", {"engineer_id": str(ENGINEER_ID)})
    await say(incidents, customer.user, incident, "Is anybody there?")
    await say(incidents, ENGINEER, incident, "On my way.")
    comments = await incidents.said(IncidentCommented)
    assert [comment.told_ids for comment in comments] == [(DESK_ID,), (ENGINEER_ID,), ()]
    assert [comment.from_customer for comment in comments] == [True, True, False]
    assert {comment.contact_email for comment in comments} == {"contact@example.com"}


async def test_what_the_provider_says_in_public_is_an_update(one_service: OneService.Factory) -> None:
    """From then on the next one is owed, as agreed."""
    incidents, customer = await one_service("incidents"), Customer()
    update = Target(severity="general", kind="next_update", amount=HOUR, unit="seconds")
    await a_customer(incidents, customer.agreed(targets=(*TARGETS, update)), of=customer)
    incident = await in_progress(incidents, customer)
    owed = len(await _updates_owed(incidents))
    await say(incidents, customer.user, incident, "Hello?")
    await say(incidents, ENGINEER, incident, NOTE, visibility="internal")
    assert len(await _updates_owed(incidents)) == owed
    await say(incidents, ENGINEER, incident, "We are working on it.")
    assert len(await _updates_owed(incidents)) == owed + 1


async def _updates_owed(incidents: OneService) -> list[ArmedClock]:
    return await armed(incidents, "next_update")


async def test_what_is_said_of_a_merged_incident_is_said_of_its_target(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, middle, first = [await reported(incidents, customer) for _ in range(3)]
    for merged, into in ((first, middle), (middle, target)):
        await do(incidents, DESK, merged, "merge", {"target_id": into["id"], "reason": "The same fault."})
    comment = await say(incidents, customer.user, first, "Still broken.")
    assert (comment["incident_id"], comment["written_on_id"]) == (target["id"], first["id"])
    assert await said(incidents, DESK, target) == ["Still broken."]


async def with_children(
    incidents: OneService, customer: Customer, count: int = 2
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An incident with so many below it, and those."""
    parent, *children = [await reported(incidents, customer) for _ in range(count + 1)]
    for child in children:
        path = f"/v1/incidents/{child['id']}/parent"
        await ask(incidents, DESK, "PUT", path, json={"parent_id": parent["id"]})
    return parent, children


async def test_what_the_provider_says_in_public_is_said_of_the_incidents_below(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    parent, children = await with_children(incidents, await a_customer(incidents))
    comment = await say(incidents, DESK, parent, "The line is cut; the carrier repairs it.")
    for child in children:
        [copy] = await ask(incidents, DESK, "GET", f"/v1/incidents/{child['id']}/comments")
        assert (copy["text"], copy["origin_id"]) == (comment["text"], comment["id"])
    told = {str(event.incident_id): event for event in await incidents.said(IncidentCommented)}
    assert set(told) == {parent["id"], *(child["id"] for child in children)}
    assert [told[child["id"]].number for child in children] == [child["number"] for child in children]


async def test_an_update_of_many_incidents_below_takes_as_many_statements_as_one_of_few(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    families = [(await with_children(incidents, customer, count))[0] for count in (2, 5)]
    update = {"text": "The carrier repairs the line.", "visibility": "public"}
    async with incidents.as_(DESK) as desk:
        few, many = [
            await statements(incidents, desk.post(f"/v1/incidents/{parent['id']}/comments", json=update))
            for parent in families
        ]
    assert few == many


async def test_a_solution_of_many_incidents_below_takes_as_many_statements_as_one_of_few(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    families = [(await with_children(incidents, customer, count))[0] for count in (2, 5)]
    taken = []
    for parent in families:
        await do(incidents, DESK, parent, "acknowledge")
        await do(incidents, DESK, parent, "begin")
        async with incidents.as_(DESK) as desk:
            taken.append(await statements(incidents, desk.post(f"/v1/incidents/{parent['id']}/resolve", json=SOLVED)))
    assert taken[0] == taken[1]


async def test_what_a_customer_or_a_note_says_stays_where_it_is(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    parent, children = await with_children(incidents, customer)
    await say(incidents, customer.user, parent, "Our contract says one hour.")
    await say(incidents, DESK, parent, NOTE, visibility="internal")
    assert [await said(incidents, DESK, child) for child in children] == [[], []]


async def test_a_repeat_of_the_same_request_says_it_once(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    key = {"Idempotency-Key": str(uuid7())}
    path = f"/v1/incidents/{incident['id']}/comments"
    first, second = [
        await ask(incidents, DESK, "POST", path, expect=201, json={"text": "At ten."}, headers=key) for _ in range(2)
    ]
    assert first == second
    assert await said(incidents, DESK, incident) == ["At ten."]
