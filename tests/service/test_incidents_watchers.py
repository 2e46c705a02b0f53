"""Watchers: who begins and ceases to watch, and who sees who watches."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import WatchersChanged
from shared.permissions import Role
from tests.builders.incidents import DESK, DESK_ID, ENGINEER, ENGINEER_ID, Customer, a_customer, person, reported
from tests.builders.talk import ask, colleague_of, told_types
from tests.harness import OneService, principal


async def watch(
    incidents: OneService, who: Principal, incident: dict[str, Any], whom: object = "me", *, expect: int = 204
) -> Any:
    return await ask(incidents, who, "PUT", f"/v1/incidents/{incident['id']}/watchers/{whom}", expect=expect)


async def cease(
    incidents: OneService, who: Principal, incident: dict[str, Any], whom: object = "me", *, expect: int = 204
) -> Any:
    return await ask(incidents, who, "DELETE", f"/v1/incidents/{incident['id']}/watchers/{whom}", expect=expect)


async def watching(incidents: OneService, who: Principal, incident: dict[str, Any]) -> list[str]:
    listed = await ask(incidents, who, "GET", f"/v1/incidents/{incident['id']}/watchers")
    return [watcher["person_id"] for watcher in listed]


async def test_people_watch_and_cease_to(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    for who in (ENGINEER, customer.user):
        await watch(incidents, who, incident)
    assert await watching(incidents, DESK, incident) == [str(ENGINEER_ID), str(customer.user.id)]
    await cease(incidents, ENGINEER, incident)
    changes = [set(event.person_ids) for event in await incidents.said(WatchersChanged)]
    assert changes == [{ENGINEER_ID}, {ENGINEER_ID, customer.user.id}, {customer.user.id}]


async def test_to_watch_twice_or_cease_twice_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    for _ in range(2):
        await watch(incidents, ENGINEER, incident)
    for _ in range(2):
        await cease(incidents, ENGINEER, incident)
    assert [len(event.person_ids) for event in await incidents.said(WatchersChanged)] == [1, 0]


async def test_a_customer_sees_its_own_watchers_only(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    for who in (ENGINEER, customer.user):
        await watch(incidents, who, incident)
    assert await watching(incidents, colleague_of(customer), incident) == [str(customer.user.id)]
    assert WatchersChanged.type not in await told_types(incidents, customer.user, incident)
    assert WatchersChanged.type in await told_types(incidents, DESK, incident)


async def test_the_desk_has_a_colleague_watch(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await watch(incidents, DESK, incident, ENGINEER_ID)
    [watcher] = await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/watchers")
    assert (watcher["person_id"], watcher["name_en"]) == (str(ENGINEER_ID), "Example Engineer")
    await cease(incidents, DESK, incident, ENGINEER_ID)
    assert await watching(incidents, DESK, incident) == []


@pytest.mark.parametrize("role", [Role.CUSTOMER_USER, Role.LEADER, Role.EMERGENCY_TEAM])
async def test_who_may_be_another_customers_is_added_by_nobody(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    somebody = uuid7()
    await incidents.hear(person(somebody, "某人", "Somebody", role))
    assert (await watch(incidents, DESK, incident, somebody, expect=404))["code"] == "person_not_found"
    assert (await watch(incidents, DESK, incident, uuid7(), expect=404))["code"] == "person_not_found"
    assert await incidents.said(WatchersChanged) == []


async def test_only_the_desk_has_others_watch(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    for who in (ENGINEER, customer.user):
        await watch(incidents, who, incident, DESK_ID, expect=403)
        await cease(incidents, who, incident, DESK_ID, expect=403)
    assert await incidents.said(WatchersChanged) == []


async def test_a_client_system_watches_by_webhook(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    held = principal(Role.CLIENT_SYSTEM, customer_id=customer.id).permissions
    key = Principal("key", uuid7(), "System", (), held, customer.id, None)
    assert (await watch(incidents, key, incident, expect=403))["code"] == "only_people_watch"


async def test_another_customers_incident_is_not_watched(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    stranger = (await a_customer(incidents, of=Customer())).user
    await watch(incidents, stranger, incident, expect=404)
    await cease(incidents, stranger, incident, expect=404)
    await ask(incidents, stranger, "GET", f"/v1/incidents/{incident['id']}/watchers", expect=404)
    assert await incidents.said(WatchersChanged) == []
