"""Customers and what they have: written by the administrator, said as snapshots, seen by their own people only."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.events.contracts import AssetChanged, CustomerChanged, SiteChanged
from shared.permissions import Role
from tests.builders.installed import an_installed_base
from tests.harness import ANYBODY, OneService, principal

HOSPITAL = {"name_zh": "示例医院", "name_en": "Example Hospital"}
SITE = {"name_zh": "主机房", "name_en": "Main computer room", "address": "示例路 1 号", "region": "Chengdu"}
ADMIN = principal(Role.ADMINISTRATOR)


async def a_customer(contracts: OneService, **names: str) -> dict[str, Any]:
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/customers", json=HOSPITAL | names)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def test_a_new_customer_is_said_with_its_whole_record(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    customer = await a_customer(contracts)
    [said] = await contracts.said(CustomerChanged)
    assert (str(said.customer_id), said.name_zh) == (customer["customer_id"], "示例医院")


async def test_a_customers_people_see_their_own_customer_and_no_other(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    own, other = await a_customer(contracts), await a_customer(contracts, name_en="Other")
    user = principal(Role.CUSTOMER_USER, customer_id=own["customer_id"])
    async with contracts.as_(user) as client:
        listed = await client.get("/v1/customers")
        foreign = await client.get(f"/v1/customers/{other['customer_id']}")
    assert [c["customer_id"] for c in listed.json()] == [own["customer_id"]]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "customer_not_found")


async def test_an_asset_stands_at_a_site_of_its_own_customer(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    own, other = await a_customer(contracts), await a_customer(contracts, name_en="Other")
    asset = {"name": "Core switch", "product": "switch", "model": "S-9000", "serial": "SN-1"}
    async with contracts.as_(ADMIN) as admin:
        site = (await admin.post(f"/v1/customers/{own['customer_id']}/sites", json=SITE)).json()
        added = await admin.post(f"/v1/customers/{own['customer_id']}/assets", json=asset | {"site_id": site["id"]})
        again = await admin.post(f"/v1/customers/{own['customer_id']}/assets", json=asset | {"site_id": site["id"]})
        foreign = await admin.post(f"/v1/customers/{other['customer_id']}/assets", json=asset | {"site_id": site["id"]})
    assert added.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "serial_taken")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "site_not_found")
    assert len(await contracts.said(SiteChanged)) == len(await contracts.said(AssetChanged)) == 1


async def test_only_an_administrator_adds_customers(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    for who, status in ((principal(Role.DESK), 403), (ANYBODY, 401)):
        async with contracts.as_(who) as client:
            answer = await client.post("/v1/customers", json=HOSPITAL)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert await contracts.is_empty()


async def test_bad_input_is_answered_in_the_readers_language(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/customers", json={"name_zh": " "}, headers={"Accept-Language": "zh-CN"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["count"]) == (422, "invalid_input", 2)
    assert problem["detail"] == "输入无效：共 2 处错误。"
    assert await contracts.is_empty()


async def test_a_repeated_request_gets_the_same_answer_and_one_effect(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        first = await admin.post("/v1/customers", json=HOSPITAL, headers={"Idempotency-Key": "k1"})
        repeat = await admin.post("/v1/customers", json=HOSPITAL, headers={"Idempotency-Key": "k1"})
        other = await admin.post(
            "/v1/customers", json=HOSPITAL | {"name_en": "Changed"}, headers={"Idempotency-Key": "k1"}
        )
    assert (first.json(), repeat.headers["idempotency-replayed"]) == (repeat.json(), "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await contracts.said(CustomerChanged)) == 1


async def test_a_value_that_cannot_be_stored_is_the_senders_mistake(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/customers", json=HOSPITAL | {"name_en": "nul \u0000 inside"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unstorable_value")
    assert await contracts.is_empty()


@pytest.mark.parametrize(
    "headers",
    [{"If-Match": "9" * 5000}, {"If-Match": "²"}, {"Idempotency-Key": ""}, {"Idempotency-Key": "k" * 256}],
)
async def test_headers_that_cannot_be_read_are_refused(
    one_service: OneService.Factory, headers: dict[str, str]
) -> None:
    contracts = await one_service("contracts")
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/customers", json=HOSPITAL, headers=encoded)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert await contracts.is_empty()


async def test_text_that_is_no_unicode_is_answered_not_crashed_on(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post(
            "/v1/customers",
            content=b'{"name_zh": "\\ud83d", "name_en": 1}',
            headers={"Content-Type": "application/json"},
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("what", ["sites", "departments", "assets", "key-businesses", "contacts"])
async def test_what_a_customer_has_is_not_found_where_the_customer_is_not(
    one_service: OneService.Factory, what: str
) -> None:
    contracts = await one_service("contracts")
    base, other = await an_installed_base(contracts), await an_installed_base(contracts, number="C-2026-2")
    async with other.user() as foreign:
        answers = [await foreign.get(f"{base.address}/{what}"), await base.admin.get(f"/v1/customers/{uuid4()}/{what}")]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "customer_not_found")}
    assert (await base.admin.get(f"{base.address}/{what}")).status_code == 200
