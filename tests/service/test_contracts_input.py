"""What is no use to contracts is refused at every door with a problem that says why, and changes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.contracts.app import SERVICE
from services.reference import routes_of
from shared.auth import Principal
from shared.permissions import Role
from tests.builders.doors import doors
from tests.builders.installed import ADMIN, Json, an_installed_base
from tests.harness import OneService, principal

NONSENSE: tuple[Any, ...] = (
    *("", " ", "\x00", "a\x00b", "\ud7ff\u202e" * 200, "x" * 20_001, "2026-02-30", "0000-01-01", "9999-12-31", "NaN"),
    *(-1, 0, 10**30, 1e308, 0.5, True, [], {}, [[]], [None], [{}], ["\x00"], ["x" * 300], [str(UUID(int=0))] * 20_000),
)
QUERIES = (
    *("limit=0", "limit=-1", "limit=x", f"limit={10**30}", "after=x", f"after={UUID(int=0)}x", "cursor=%00"),
    *("q=%00", "q=%FF", "q=" + "x" * 5000, "q=", "lang=xx", "dry_run=perhaps"),
)


def spoiled(body: Json) -> Iterator[Json]:
    """The body with each field in turn as it cannot be, or with one that nobody knows."""
    yield body | {"unknown": 1}
    for name in body:
        yield from (body | {name: value} for value in NONSENSE)


def is_told(answer: httpx.Response, *, refused: bool = False) -> bool:
    """Taken, unless it must be `refused`; or refused with a problem of a code and a sentence."""
    if answer.is_success:
        return not refused
    problem = answer.json()
    told = answer.headers["content-type"] == "application/problem+json" and problem["code"] and problem["detail"]
    return bool(told) and 400 <= answer.status_code < 500


async def test_every_route_with_a_body_has_a_door_that_opens(one_service: OneService.Factory) -> None:
    """Else the tests below would not know what is refused for the nonsense alone."""
    base = await an_installed_base(await one_service("contracts"))
    found = await doors(base)
    for door in found:
        answer = await base.admin.request(door.method, door.path, json=door.body)
        assert answer.is_success, f"{door}: {answer.text}"
    routes = [route for route in routes_of(SERVICE) if route.body_field is not None]
    closed = [
        route.path
        for route in routes
        if not any(door.method in (route.methods or ()) and route.path_regex.fullmatch(door.path) for door in found)
    ]
    assert closed == []


async def test_no_nonsense_in_any_field_breaks_a_door(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    for door in await doors(base):
        for body in spoiled(door.body):
            answer = await base.admin.request(door.method, door.path, json=body)
            assert is_told(answer, refused="unknown" in body), f"{door.path} {str(body)[:300]}: {answer.text[:300]}"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("a day", (0, 1767225600, 1.5, "2026-02-30", "1899-12-31", "2200-01-01", "next week")),
        ("a number", (True, "x", -1, 0, 10**30)),
    ],
)
async def test_what_is_no_day_or_number_is_not_taken_for_one(
    one_service: OneService.Factory, kind: str, values: tuple[Any, ...]
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    grant = {"item_code": "fault_removal", "unit": "visits", "granted": 2}
    uses = f"/v1/entitlements/{(await base.post(f'{base.contract}/entitlements', grant))['id']}/uses"
    use = {"amount": 1, "used_on": "2026-05-01", "reason": "r"}
    for value in values:
        spoilt = use | ({"used_on": value} if kind == "a day" else {"amount": value})
        answer = await base.admin.post(uses, json=spoilt)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), value
    assert (await base.admin.get(uses)).json() == []


async def test_a_change_that_says_nothing_is_refused(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    for door in await doors(base):
        if door.method != "PATCH":
            continue
        for nothing in ({}, dict.fromkeys(set(door.body) - {"warranty_until"})):
            answer = await base.admin.patch(door.path, json=nothing)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), door.path


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'"text"', b"{}" * 3, b"[" * 5000])
async def test_what_is_no_object_is_refused_at_every_door(one_service: OneService.Factory, content: bytes) -> None:
    base = await an_installed_base(await one_service("contracts"))
    for door in await doors(base):
        headers = {"Content-Type": "application/json"}
        answer = await base.admin.request(door.method, door.path, content=content, headers=headers)
        assert is_told(answer, refused=True), f"{door.path}: {answer.status_code} {answer.text[:200]}"


async def test_lists_and_records_refuse_queries_and_ids_that_cannot_be(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    reads = [
        route.path for route in routes_of(SERVICE) if "GET" in (route.methods or ()) and route.path.startswith("/v1/c")
    ]
    known = {"customer_id": base.ids["customer"], "contract_id": base.ids["contract"], "site_id": base.ids["site"]}
    for path in [*reads, "/v1/search"]:
        for value in ("x", "0", "%00", "%FF", str(uuid4()), "../customers", "x" * 3000):
            answer = await base.admin.get(re.sub(r"\{\w+\}", value, path))
            assert is_told(answer), f"{path} {value[:40]}: {answer.status_code} {answer.text[:200]}"
        address = path.format_map(defaultdict(uuid4, known))
        for query in QUERIES:
            answer = await base.admin.get(f"{address}?{query}")
            assert is_told(answer), f"{address}?{query[:60]}: {answer.status_code} {answer.text[:200]}"


async def test_another_customers_records_are_not_there_at_any_door(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    base = await an_installed_base(contracts)
    stranger = _administrator_of(uuid4())
    async with contracts.as_(stranger) as client:
        for door in await doors(base):
            if base.ids["customer"] in door.path or base.ids["contract"] in door.path:
                answer = await client.request(door.method, door.path, json=door.body)
                assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), door


def _administrator_of(customer_id: UUID) -> Principal:
    """More than a customer's person may hold: only the rows keep him out."""
    return replace(principal(Role.CUSTOMER_USER, customer_id=customer_id), permissions=ADMIN.permissions)
