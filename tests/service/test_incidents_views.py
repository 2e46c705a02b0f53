"""Saved views: everybody keeps their own, the desk shares, and only filters there are can be saved."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.gateway.front.docs import merged_openapi
from services.incidents.views.domain import FILTERS
from shared.auth import Principal
from shared.permissions import Role
from tests.builders.incidents import DESK, ENGINEER, Customer
from tests.builders.talk import ask
from tests.harness import OneService, principal

NOBODY = "019a0000-0000-7000-8000-00000000dead"
USABLE = {
    "state": "waiting",
    "severity": "major",
    "priority": "low",
    "fault_class": "line",
    "team": "site",
    "covered": "true",
    "breached": "false",
    "due_before": "2026-11-24T00:00:00Z",
    "customer_id": NOBODY,
    "engineer_id": NOBODY,
    "parent_id": NOBODY,
}
MINE = {"name": "My major faults", "filters": {"severity": "major", "state": ["in_progress", "waiting"]}}
OF_THE_LIST_ITSELF = {"limit", "cursor", "order"}


async def save(incidents: OneService, who: Principal, *, expect: int = 201, **changes: Any) -> Any:
    return await ask(incidents, who, "POST", "/v1/views", json=MINE | changes, expect=expect)


async def names(incidents: OneService, who: Principal) -> list[str]:
    return [view["name"] for view in await ask(incidents, who, "GET", "/v1/views")]


async def test_a_view_is_its_owners(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    view = await save(incidents, ENGINEER)
    assert (view["filters"], view["shared"], view["version"]) == (MINE["filters"], False, 1)
    assert await ask(incidents, ENGINEER, "GET", f"/v1/views/{view['id']}") == view
    assert await names(incidents, DESK) == []
    for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        problem = await ask(incidents, DESK, method, f"/v1/views/{view['id']}", json=body, expect=404)
        assert problem["code"] == "view_not_found"
    assert await names(incidents, ENGINEER) == ["My major faults"]


async def test_the_desk_shares_a_view_with_the_providers_people(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    shared = await save(incidents, DESK, name="All waiting", shared=True)
    await save(incidents, ENGINEER)
    assert await names(incidents, ENGINEER) == ["My major faults", "All waiting"]
    assert await names(incidents, Customer().user) == []
    await ask(incidents, ENGINEER, "PATCH", f"/v1/views/{shared['id']}", json={"name": "Mine"}, expect=404)


async def test_a_shared_view_of_a_tag_is_seen_by_those_who_see_tags(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await save(incidents, DESK, name="All waiting", shared=True)
    await save(incidents, DESK, name="Recurring", filters={"tag": "recurring"}, shared=True)
    assert await names(incidents, ENGINEER) == ["All waiting", "Recurring"]
    assert await names(incidents, principal(Role.KEEPER)) == ["All waiting"]


async def test_others_do_not_share(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await save(incidents, ENGINEER, shared=True, expect=403)
    view = await save(incidents, ENGINEER)
    await ask(incidents, ENGINEER, "PATCH", f"/v1/views/{view['id']}", json={"shared": True}, expect=403)
    assert await names(incidents, DESK) == []


async def test_a_view_is_changed_at_the_version_that_was_seen(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    path = f"/v1/views/{(await save(incidents, ENGINEER))['id']}"
    changed = await ask(incidents, ENGINEER, "PATCH", path, json={"filters": {"q": "vpn"}}, headers={"If-Match": '"1"'})
    assert (changed["name"], changed["filters"], changed["version"]) == (MINE["name"], {"q": "vpn"}, 2)
    await ask(incidents, ENGINEER, "PATCH", path, json={"name": "x"}, headers={"If-Match": '"1"'}, expect=412)
    await ask(incidents, ENGINEER, "DELETE", path, headers={"If-Match": '"1"'}, expect=412)
    await ask(incidents, ENGINEER, "DELETE", path, headers={"If-Match": '"2"'}, expect=204)
    assert await names(incidents, ENGINEER) == []


async def test_a_change_of_nothing_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    saved = await save(incidents, ENGINEER)
    for nothing in ({}, {"name": None}, {"name": saved["name"]}):
        assert await ask(incidents, ENGINEER, "PATCH", f"/v1/views/{saved['id']}", json=nothing) == saved


def test_whatever_narrows_the_list_can_be_saved() -> None:
    parameters = merged_openapi()["paths"]["/v1/incidents"]["get"]["parameters"]
    narrowing = {parameter["name"] for parameter in parameters if parameter["in"] == "query"} - OF_THE_LIST_ITSELF
    assert len(narrowing) > 5
    assert narrowing - FILTERS == set()


async def test_every_filter_there_is_can_be_saved_and_no_other(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await save(incidents, ENGINEER, filters=dict.fromkeys(FILTERS, "x") | USABLE)
    problem = await save(incidents, ENGINEER, name="Another", filters={"colour": "red", "state": "x"}, expect=422)
    assert (problem["code"], problem["unknown"]) == ("unknown_filters", ["colour"])
    assert await names(incidents, ENGINEER) == ["My major faults"]


async def test_a_name_is_taken_once_by_each_person(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await save(incidents, ENGINEER)
    await save(incidents, DESK)
    assert (await save(incidents, ENGINEER, expect=409))["code"] == "view_name_taken"
    other = await save(incidents, ENGINEER, name="Other")
    await ask(incidents, ENGINEER, "PATCH", f"/v1/views/{other['id']}", json={"name": MINE["name"]}, expect=409)
    assert await names(incidents, ENGINEER) == ["My major faults", "Other"]


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"filters": {"q": ""}}, {"filters": {"q": 1}}, {"filters": {"q": []}}, {"owner_id": "x"}]
)
async def test_what_is_no_view_is_refused(one_service: OneService.Factory, wrong: dict[str, Any]) -> None:
    incidents = await one_service("incidents")
    assert (await save(incidents, ENGINEER, expect=422, **wrong))["code"] == "invalid_input"


async def test_a_view_that_is_not_there_is_not_found(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    assert (await ask(incidents, DESK, "GET", f"/v1/views/{uuid7()}", expect=404))["code"] == "view_not_found"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "bogus"),
        ("severity", "zz"),
        ("covered", "perhaps"),
        ("engineer_id", "me"),
        ("due_before", "soon"),
        ("due_before", "2026-11-24"),
        ("due_before", "0001-01-01T00:00:00+14:00"),
        ("due_before", "9999-12-31T23:59:59-14:00"),
        ("q", "  "),
        ("tag", "  "),
    ],
)
async def test_a_value_that_the_list_would_refuse_is_not_saved(
    one_service: OneService.Factory, name: str, value: str
) -> None:
    incidents = await one_service("incidents")
    await ask(incidents, ENGINEER, "GET", "/v1/incidents", params={name: value}, expect=422)
    problem = await save(incidents, ENGINEER, filters={name: value}, expect=422)
    assert (problem["code"], problem["filter"], problem["value"]) == ("filter_not_usable", name, value)


@pytest.mark.parametrize(
    ("name", "values"), [("q", ["a", "b"]), ("severity", ["major", "general"]), ("covered", ["true", "false"])]
)
async def test_several_values_are_saved_only_where_the_list_takes_several(
    one_service: OneService.Factory, name: str, values: list[str]
) -> None:
    incidents = await one_service("incidents")
    problem = await save(incidents, ENGINEER, filters={name: values}, expect=422)
    assert (problem["code"], problem["filter"], problem["value"]) == ("filter_not_usable", name, values)
    assert (await save(incidents, ENGINEER, filters={name: values[:1]}))["filters"] == {name: values[:1]}
