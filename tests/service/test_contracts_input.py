"""What is no use to contracts is refused at every door with a problem that says why, and changes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.contracts.app import SERVICE
from services.reference import routes_of
from shared.auth import Principal
from shared.permissions import Role
from tests.builders.installed import ADMIN, Installed, Json, an_engineer, an_installed_base
from tests.harness import OneService, principal

NONSENSE: tuple[Any, ...] = (
    *("", " ", "\x00", "a\x00b", "\ud7ff\u202e" * 200, "x" * 20_001, "2026-02-30", "0000-01-01", "9999-12-31", "NaN"),
    *(-1, 0, 10**30, 1e308, 0.5, True, [], {}, [[]], [None], [{}], ["\x00"], ["x" * 300], [str(UUID(int=0))] * 20_000),
)
QUERIES = (
    *("limit=0", "limit=-1", "limit=x", f"limit={10**30}", "after=x", f"after={UUID(int=0)}x", "cursor=%00"),
    *("q=%00", "q=%FF", "q=" + "x" * 5000, "q=", "lang=xx", "dry_run=perhaps"),
)


@dataclass(frozen=True)
class Door:
    """A write that is accepted as it stands."""

    method: str
    path: str
    body: Json


async def doors(base: Installed) -> list[Door]:
    """One for each route that takes a body, in an order in which each is accepted."""
    ids, own = base.ids, base.address
    engineer = await an_engineer(base.contracts)
    week = [[["09:00", "18:00"]]] * 5 + [[], []]
    names = {"name_zh": "新", "name_en": "New"}
    contact = {"name": "Zhou", "role_zh": "主任", "role_en": "Head", "phone": "139", "email": "z@demo.example"}
    business = names | {"department_id": ids["department"], "asset_ids": [ids["asset"]], "dependence": "general"}
    thing = {"site_id": ids["site"], "name": "n", "product": "p", "model": "m", "criticality": "low"}
    thing |= {"warranty_until": "2028-01-01", "servicer_ids": [engineer]}
    term = {"starts_on": "2026-03-01", "ends_on": "2029-03-01", "site_ids": [ids["site"]], "asset_ids": [ids["asset"]]}
    target = {"severity": "general", "kind": "respond", "amount": 60, "unit": "seconds"}
    year = {"year": 1, "on_site": True, "remote": True, "text_zh": "", "text_en": ""}
    draft = {"targets": [target], "applies_to_open": False, "warning_percents": [50], "warn_before_seconds": [60]}
    draft |= {"pause_reasons": ["site_closed"], "pause_cap_seconds": 60, "close_after_days": 5}
    added = await base.post(f"{own}/key-businesses", business | {"tolerable_outage_seconds": 60})
    person = await base.post(f"{own}/contacts", contact)
    office = {"code": "office", **names, "data": {"zone": "Asia/Shanghai", "week": week}}
    calendar = await base.post("/v1/calendars", office)
    in_force, agreement = [await base.post(f"{base.contract}/agreements", draft) for _ in range(2)]
    for side in ("provider", "customer"):
        await base.post(f"/v1/agreements/{in_force['id']}/sign", {"side": side, "signed_by": side})
    grant = {"item_code": "fault_removal", "unit": "visits", "granted": 2}
    granted = await base.post(f"{base.contract}/entitlements", grant)
    chinese = await base.post("/v1/calendars:china", names | {"code": "cn", "from_year": 2026, "to_year": 2026})
    organisation = {"team_ids": [engineer], "leader_ids": [engineer], "quorum": 1, "superior_ids": [engineer]}
    signing = {"reason": "r", "provider_signed_by": "Wu", "customer_signed_by": "Zhou"}
    at_calendar, at_grant = f"/v1/calendars/{calendar['id']}", f"/v1/entitlements/{granted['id']}"
    return [
        Door("POST", "/v1/customers", names),
        Door("PATCH", own, names | {"active": True}),
        Door("POST", f"{own}/sites", names | {"address": "a", "region": "r"}),
        Door("PATCH", f"{own}/sites/{ids['site']}", names | {"address": "a", "region": "r", "active": True}),
        Door("POST", f"{own}/departments", names | {"email": "d@demo.example", "locale": "en"}),
        Door("PATCH", f"{own}/departments/{ids['department']}", names | {"email": "d@demo.example", "locale": "en"}),
        Door("POST", f"{own}/assets", thing | {"serial": "NEW-1"}),
        Door("PATCH", f"{own}/assets/{ids['asset']}", thing | {"serial": "NEW-2", "state": "in_service"}),
        Door("POST", f"{own}/key-businesses", business | {"tolerable_outage_seconds": 60}),
        Door("PATCH", f"{own}/key-businesses/{added['id']}", business | {"tolerable_outage_seconds": 90}),
        Door("POST", f"{own}/contacts", contact),
        Door("PATCH", f"{own}/contacts/{person['id']}", contact | {"active": True}),
        Door("POST", "/v1/calendars", office | {"code": "another"}),
        Door("POST", "/v1/calendars:china", names | {"code": "third", "from_year": 2026, "to_year": 2026}),
        Door("POST", f"{at_calendar}/preview", {"at": "2026-03-02T09:00:00Z", "amount": 60, "unit": "seconds"}),
        Door("PATCH", "/v1/catalogue/health_check", names | {"skills": ["storage"], "modes": ["remote"]}),
        Door("POST", "/v1/contracts", term | {"number": "C-NEW", "customer_id": ids["customer"]}),
        Door(
            "PATCH", base.contract, term | {"item_codes": ["health_check"], "engineer_ids": [engineer], "years": [year]}
        ),
        Door("POST", f"{at_calendar}/correct", {"data": office["data"], "reason": "r"}),
        Door("POST", f"/v1/calendars/{chinese['id']}/extend", {"to_year": 2027, "reason": "r"}),
        Door("PUT", f"{own}/emergency-organisation", organisation),
        Door("POST", f"{base.contract}/agreements", draft),
        Door("POST", f"/v1/agreements/{agreement['id']}/sign", {"side": "provider", "signed_by": "Wu"}),
        Door("POST", f"/v1/agreements/{in_force['id']}/withdraw", signing),
        Door("POST", f"{base.contract}/entitlements", grant | {"unit": "hours", "granted": 1.5}),
        Door("PATCH", at_grant, {"granted": 5}),
        Door("POST", f"{at_grant}/uses", {"amount": 1, "used_on": "2026-05-01", "reason": "r"}),
        Door("POST", f"{base.contract}/contact-list", {"hotline": "400-1", "hotline_email": "d@demo.example"}),
        Door("POST", f"{at_grant}/withdraw", {"reason": "r"}),
    ]


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
        if not any(door.method in route.methods and route.path_regex.fullmatch(door.path) for door in found)
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
    reads = [route.path for route in routes_of(SERVICE) if "GET" in route.methods and route.path.startswith("/v1/c")]
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
