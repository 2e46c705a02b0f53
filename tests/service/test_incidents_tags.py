"""Tags: the provider's own words for its incidents, compared without regard to width, case and spacing."""

from __future__ import annotations

from typing import Any

import pytest

from shared.auth import Principal
from shared.permissions import Role
from tests.builders.incidents import DESK, ENGINEER, a_customer, reported
from tests.builders.talk import ask
from tests.harness import OneService, principal


async def tag(
    incidents: OneService, incident: dict[str, Any], *tags: str, who: Principal = ENGINEER, expect: int = 200
) -> Any:
    return await ask(incidents, who, "PUT", f"/v1/incidents/{incident['id']}/tags", json={"tags": tags}, expect=expect)


async def tags_of(incidents: OneService, incident: dict[str, Any]) -> list[str]:
    found: list[str] = (await ask(incidents, DESK, "GET", f"/v1/incidents/{incident['id']}/tags"))["tags"]
    return found


async def test_the_same_word_is_one_tag(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    answer = await tag(incidents, incident, "VPN", "ｖｐｎ", "  power   SUPPLY ", "交换机")
    assert answer["tags"] == await tags_of(incidents, incident) == ["power supply", "vpn", "交换机"]


async def test_tags_are_put_in_place_of_those_before(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await tag(incidents, incident, "vpn", "line")
    await tag(incidents, incident, "line", "carrier")
    assert await tags_of(incidents, incident) == ["carrier", "line"]
    await tag(incidents, incident)
    assert await tags_of(incidents, incident) == []


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        (["x" * 31], "tag_not_usable"),
        ([" "], "tag_not_usable"),
        (["a\u202eb"], "tag_not_usable"),
        ([str(number) for number in range(21)], "too_many_tags"),
    ],
)
async def test_what_is_no_tag_changes_nothing(one_service: OneService.Factory, tags: list[str], code: str) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await tag(incidents, incident, "vpn")
    assert (await tag(incidents, incident, *tags, expect=422))["code"] == code
    assert await tags_of(incidents, incident) == ["vpn"]


async def test_the_most_used_tags_come_first(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    for tags in (["vpn", "line"], ["vpn"], ["carrier"]):
        await tag(incidents, await reported(incidents, customer), *tags)
    listed = await ask(incidents, DESK, "GET", "/v1/tags")
    assert [(used["tag"], used["incidents"]) for used in listed] == [("vpn", 2), ("carrier", 1), ("line", 1)]


async def test_a_customers_people_see_no_tags(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await tag(incidents, incident, "does not pay")
    leader = principal(Role.LEADER, Role.CUSTOMER_USER, customer_id=customer.id)
    await tag(incidents, incident, "vpn", who=leader, expect=403)
    for path in (f"/v1/incidents/{incident['id']}/tags", "/v1/tags"):
        await ask(incidents, leader, "GET", path, expect=403)
    evidence = await ask(incidents, leader, "GET", f"/v1/evidence/incidents/{incident['id']}")
    assert "does not pay" not in str(evidence)
    assert await tags_of(incidents, incident) == ["does not pay"]
