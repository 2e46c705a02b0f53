"""The search: parts of words in Chinese and English, in every kind of record, each customer's own only."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.db import Caller
from tests.builders.installed import Installed, an_installed_base
from tests.harness import OneService

WU = {"name": "吴敏", "role_zh": "主任", "role_en": "Head", "phone": "+86 28 5550 0101"}


async def found(base: Installed, q: str) -> list[tuple[str, str]]:
    answer = await base.admin.get("/v1/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["name_zh"]) for hit in answer.json()]


@pytest.mark.parametrize(
    ("q", "hits"),
    [
        ("例医", [("customer", "示例医院")]),
        ("example hosp", [("customer", "示例医院")]),
        ("机房", [("site", "主机房")]),
        ("交换", [("asset", "核心交换机")]),
        ("sn-1", [("asset", "核心交换机")]),
        ("Ｓ－９０００", [("asset", "核心交换机")]),
        ("c-2026", [("contract", "C-2026-1")]),
        ("医", [("customer", "示例医院")]),
        ("5550 01", [("contact", "吴敏")]),
        ("吴敏", [("contact", "吴敏")]),
        ("示例", [("customer", "示例医院"), ("site", "主机房")]),
        ("医例", []),
        ("%%", []),
    ],
)
async def test_a_part_of_a_word_is_found(one_service: OneService.Factory, q: str, hits: list[tuple[str, str]]) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await base.post(f"{base.address}/contacts", WU)
    assert await found(base, q) == hits


async def test_a_changed_name_is_found_and_the_former_is_not(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await base.admin.patch(f"{base.address}/assets/{base.ids['asset']}", json={"name": "汇聚路由器"})
    assert await found(base, "路由器") == [("asset", "汇聚路由器")]
    assert await found(base, "交换机") == []


async def test_a_name_is_found_whatever_the_case_of_its_letters(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await base.admin.patch(f"{base.address}/assets/{base.ids['asset']}", json={"name": "Маршрутизатор ЯДРА"})
    assert await found(base, "ядра") == [("asset", "Маршрутизатор ЯДРА")]


async def test_a_customer_finds_its_own_records_only(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    own, _ = await an_installed_base(contracts), await an_installed_base(contracts, number="C-2026-2")
    async with own.user() as client:
        hits = (await client.get("/v1/search", params={"q": "C-2026"})).json()
    assert [hit["name_en"] for hit in hits] == ["C-2026-1"]
    assert len(await found(own, "C-2026")) == 2


@pytest.mark.parametrize("q", ["", "  ", "x" * 101])
async def test_a_search_is_for_some_words(one_service: OneService.Factory, q: str) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.get("/v1/search", params={"q": q})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("table", ["customers", "sites", "assets", "contracts", "contacts"])
async def test_an_index_finds_below_row_level_security(one_service: OneService.Factory, table: str) -> None:
    base = await an_installed_base(await one_service("contracts"))
    own = Caller("person:test", "customer", customer_id=base.customer_id)
    asked = text(f"EXPLAIN SELECT * FROM contracts.{table} WHERE search @@ CAST('sn:*' AS tsquery)")
    async with base.contracts.runtime.database.transaction(own) as session:
        for other_way in ("enable_seqscan", "enable_indexscan"):
            await session.execute(text(f"SET LOCAL {other_way} = off"))
        plan = "\n".join((await session.execute(asked)).scalars())
    assert f"ix_{table}_search" in plan
