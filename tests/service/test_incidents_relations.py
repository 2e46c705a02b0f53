"""Incidents that have to do with each other: a symmetric link that changes nothing else about either."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import RelationChanged
from tests.builders.incidents import DESK, ENGINEER, SOLVED, Customer, a_customer, do, in_progress, reported, seen
from tests.builders.talk import ask
from tests.harness import OneService

WHY = {"reason": "The same switch a week ago."}
Incident = dict[str, Any]


def path_of(one: Incident, other_id: str) -> str:
    return f"/v1/incidents/{one['id']}/related/{other_id}"


async def relate(
    incidents: OneService, one: Incident, other: Incident, who: Principal = DESK, *, expect: int = 200
) -> Incident:
    found: Incident = await ask(incidents, who, "PUT", path_of(one, other["id"]), json=WHY, expect=expect)
    return found


async def part(incidents: OneService, one: Incident, other: Incident, *, expect: int = 200) -> Incident:
    reason = {"reason": "Another switch after all."}
    found: Incident = await ask(incidents, DESK, "DELETE", path_of(one, other["id"]), params=reason, expect=expect)
    return found


async def related(incidents: OneService, one: Incident, who: Principal = DESK) -> list[tuple[str, str, str]]:
    listed = await ask(incidents, who, "GET", f"/v1/incidents/{one['id']}/related")
    return [(each["number"], each["state"], each["reason"]) for each in listed]


async def two_incidents(incidents: OneService) -> tuple[Customer, Incident, Incident]:
    customer = await a_customer(incidents)
    return customer, await reported(incidents, customer), await reported(incidents, customer)


async def test_a_relation_is_seen_from_both_sides_and_told_of_both(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, one, other = await two_incidents(incidents)
    after = await relate(incidents, other, one)
    assert (after["version"], after["clocks"]) == (other["version"] + 1, (await seen(incidents, other))["clocks"])
    assert (await seen(incidents, one))["version"] == one["version"] + 1
    assert await related(incidents, one, customer.user) == [(other["number"], "reported", WHY["reason"])]
    assert await related(incidents, other) == [(one["number"], "reported", WHY["reason"])]
    said = {(each.number, each.other_number, each.outcome) for each in await incidents.said(RelationChanged)}
    assert said == {(one["number"], other["number"], "related"), (other["number"], one["number"], "related")}


async def test_a_relation_is_taken_back_from_either_side_with_a_reason(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    _, one, other = await two_incidents(incidents)
    await relate(incidents, one, other)
    await part(incidents, other, one)
    assert (await related(incidents, one), await related(incidents, other)) == ([], [])
    last = (await incidents.said(RelationChanged))[-1]
    assert (last.outcome, last.reason_given) == ("unrelated", "Another switch after all.")
    await relate(incidents, other, one)
    assert len(await related(incidents, one)) == 1


async def test_a_merge_of_either_keeps_the_relation(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, one, other = await two_incidents(incidents)
    target = await reported(incidents, customer)
    await relate(incidents, one, other)
    await do(incidents, DESK, one, "merge", {"target_id": target["id"], "reason": "Twice."})
    assert await related(incidents, other) == [(one["number"], "merged", WHY["reason"])]
    assert await related(incidents, one) == [(other["number"], "reported", WHY["reason"])]
    await do(incidents, DESK, one, "unmerge", {"reason": "Not twice."})
    assert await related(incidents, other) == [(one["number"], "reported", WHY["reason"])]


async def test_what_is_over_may_be_related_too(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    old, new = await in_progress(incidents, customer), await reported(incidents, customer)
    await do(incidents, ENGINEER, old, "resolve", SOLVED)
    await do(incidents, customer.user, old, "confirm")
    await relate(incidents, new, old)
    assert await related(incidents, new) == [(old["number"], "closed", WHY["reason"])]


async def test_who_may_relate_what(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, one, other = await two_incidents(incidents)
    foreign = await reported(incidents, await a_customer(incidents))
    refused = [
        (await relate(incidents, one, one, expect=422), "related_to_itself"),
        (await relate(incidents, one, foreign, expect=404), "incident_not_found"),
        (await relate(incidents, one, {"id": str(uuid7())}, expect=404), "incident_not_found"),
        (await relate(incidents, one, other, customer.user, expect=403), "forbidden"),
        (await part(incidents, one, other, expect=409), "not_related"),
    ]
    await relate(incidents, one, other)
    refused.append((await relate(incidents, other, one, expect=409), "already_related"))
    assert [problem["code"] for problem, _ in refused] == [code for _, code in refused]
    assert len(await incidents.said(RelationChanged)) == 2
    path = f"/v1/incidents/{foreign['id']}/related"
    assert (await ask(incidents, customer.user, "GET", path, expect=404))["code"] == "incident_not_found"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_timeline_tells_it_in_the_readers_language(one_service: OneService.Factory, language: str) -> None:
    incidents = await one_service("incidents")
    _, one, other = await two_incidents(incidents)
    await relate(incidents, one, other)
    await incidents.settle()
    [event] = [e for e in incidents.bus.published if e.type == RelationChanged.type and e.subject == one["id"]]
    sentence = RelationChanged.model_validate(event.data).sentence(language)
    expected = {
        "en": f"Related incident {other['number']}, linked: {WHY['reason']}",
        "zh": f"相关事件 {other['number']}，已关联：{WHY['reason']}",
    }
    assert sentence == expected[language]
