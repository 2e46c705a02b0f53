"""Parts, depots and the ledger: who may enter them, who may book, and what there was at any time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from shared.db import Caller
from shared.events.inventory import PartChanged
from shared.permissions import Role
from tests.builders.inventory import (
    ADMIN,
    DESK,
    FAN,
    KEEPER,
    OTHER_KEEPER,
    a_depot,
    delivered,
    get,
    hear_of,
    opened,
    post,
)
from tests.harness import ANYBODY, OneService, principal


@pytest.fixture
async def inventory(one_service: OneService.Factory) -> OneService:
    return await opened(one_service)


async def test_a_new_part_is_said_with_its_whole_record(inventory: OneService) -> None:
    added = await post(inventory, ADMIN, "/v1/parts", FAN)
    [said] = await inventory.said(PartChanged)
    assert (str(said.part_id), said.part_number, said.models) == (added["id"], "FAN-9000", ("S-9000",))
    assert await get(inventory, f"/v1/parts/{added['id']}") == added
    assert await get(inventory, "/v1/parts") == [added]


async def test_a_part_number_is_given_once(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    refused = await post(inventory, ADMIN, "/v1/parts", FAN | {"name_en": "Another"}, 409)
    assert refused["code"] == "part_number_taken"
    assert len(await inventory.said(PartChanged)) == 1


async def test_all_parts_are_said_again_when_asked(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    await inventory.republish()
    first, again = await inventory.said(PartChanged)
    assert first == again


async def test_only_an_active_keeper_of_the_staff_is_given_a_depot(inventory: OneService) -> None:
    engineer, dismissed = principal(Role.ENGINEER), principal(Role.KEEPER)
    customers = principal(Role.KEEPER, customer_id=uuid7())
    await hear_of(inventory, engineer)
    await hear_of(inventory, dismissed, active=False)
    await hear_of(inventory, customers)
    for who in (engineer, dismissed, customers, principal(Role.KEEPER, name="Unheard of")):
        body = {"name_zh": "库", "name_en": "Depot", "region": "Chengdu", "keeper_id": str(who.id)}
        refused = await post(inventory, ADMIN, "/v1/depots", body, 422)
        assert refused["code"] == "not_a_keeper"
    assert await get(inventory, "/v1/depots") == []


async def test_an_older_record_of_a_person_does_not_replace_a_newer(inventory: OneService) -> None:
    newcomer = principal(Role.ENGINEER)
    await hear_of(inventory, newcomer, sequence=2, roles=("keeper",))
    await hear_of(inventory, newcomer, sequence=1)
    depot = await a_depot(inventory, newcomer)
    assert await get(inventory, f"/v1/depots/{depot}") in await get(inventory, "/v1/depots")


async def test_what_is_delivered_lies_in_that_depot(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    booked = await delivered(inventory, depot, 5)
    assert (booked["from_account"], booked["to_account"], booked["quantity"]) == ("supplier", "good", 5)
    [line] = await get(inventory, "/v1/stock", part_number="FAN-9000")
    held = (line["good"], line["reserved"], line["issued"], line["used"])
    assert (line["depot_id"], line["part_name_zh"], held) == (depot, "风扇模块", (5, 0, 0, 0))
    assert await get(inventory, "/v1/movements", part_number="FAN-9000") == [booked]
    assert await get(inventory, "/v1/stock", part_number="NONE") == []
    assert await get(inventory, "/v1/movements", part_number="NONE") == []


async def test_a_keeper_books_only_in_the_own_depot(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    path, body = f"/v1/depots/{depot}/receipts", {"part_number": "FAN-9000", "quantity": 1, "note": ""}
    for who, status, code in (
        (OTHER_KEEPER, 403, "not_the_keeper"),
        (ADMIN, 403, "forbidden"),
        (principal(Role.ENGINEER), 403, "forbidden"),
        (principal(Role.CUSTOMER_USER, customer_id=uuid7()), 403, "forbidden"),
        (ANYBODY, 401, "unauthenticated"),
    ):
        assert (await post(inventory, who, path, body, status))["code"] == code
    assert await get(inventory, "/v1/movements") == []


@pytest.mark.parametrize("bad", [{"quantity": 0}, {"quantity": -1}, {"quantity": 1.5}, {"price": 3}, {"note": None}])
async def test_a_receipt_that_makes_no_sense_books_nothing(inventory: OneService, bad: dict[str, Any]) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    body = {"part_number": "FAN-9000", "quantity": 1, "note": ""} | bad
    refused = await post(inventory, KEEPER, f"/v1/depots/{depot}/receipts", body, 422)
    assert refused["code"] == "invalid_input"
    assert await get(inventory, "/v1/movements") == []


async def test_a_receipt_of_what_does_not_exist_is_refused(inventory: OneService) -> None:
    depot = await a_depot(inventory)
    body = {"part_number": "NONE", "quantity": 1}
    assert (await post(inventory, KEEPER, f"/v1/depots/{depot}/receipts", body, 404))["code"] == "part_not_found"
    assert (await post(inventory, KEEPER, f"/v1/depots/{uuid7()}/receipts", body, 404))["code"] == "depot_not_found"


async def test_only_an_administrator_adds_parts_and_depots(one_service: OneService.Factory) -> None:
    inventory = await one_service("inventory")
    body = {"name_zh": "库", "name_en": "Depot", "region": "Chengdu", "keeper_id": str(KEEPER.id)}
    for who, status in ((KEEPER, 403), (DESK, 403), (ANYBODY, 401)):
        await post(inventory, who, "/v1/parts", FAN, status)
        await post(inventory, who, "/v1/depots", body, status)
    assert await inventory.is_empty()


async def test_stock_is_not_a_customers_business(inventory: OneService) -> None:
    async with inventory.as_(principal(Role.CUSTOMER_USER, customer_id=uuid7())) as client:
        for path in ("/v1/parts", "/v1/depots", "/v1/stock", "/v1/movements"):
            assert (await client.get(path)).status_code == 403


async def test_stock_can_be_asked_for_any_time_past(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    before = await inventory.now()
    await inventory.advance(hours=1)
    first = await delivered(inventory, depot, 5)
    await inventory.advance(hours=1)
    await delivered(inventory, depot, 3)
    for at, good in ((before.isoformat(), 0), (first["booked_at"], 5), ((await inventory.now()).isoformat(), 8)):
        [line] = await get(inventory, "/v1/stock", at=at)
        assert line["good"] == good
    async with inventory.as_(DESK) as client:
        assert (await client.get("/v1/stock", params={"at": "2026-05-09T12:00:00"})).status_code == 422


async def test_movements_can_be_read_page_by_page(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    booked = [await delivered(inventory, depot, quantity) for quantity in (1, 2, 3)]
    async with inventory.as_(DESK) as client:
        first = await client.get("/v1/movements", params={"limit": 2, "part_number": "FAN-9000"})
        second = await client.get(first.headers["link"].split(">")[0].removeprefix("<"))
    assert [*first.json(), *second.json()] == booked[::-1]


async def test_a_movement_can_be_neither_changed_nor_deleted(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    await delivered(inventory, await a_depot(inventory), 5)
    for statement in ("UPDATE inventory.movements SET quantity = 6", "DELETE FROM inventory.movements"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with inventory.runtime.database.transaction(Caller("system:inventory", "system")) as session:
                await session.execute(text(statement))


async def test_receipts_that_come_in_together_all_count(inventory: OneService) -> None:
    await post(inventory, ADMIN, "/v1/parts", FAN)
    depot = await a_depot(inventory)
    await asyncio.gather(*(delivered(inventory, depot, 2) for _ in range(10)))
    [line] = await get(inventory, "/v1/stock")
    assert line["good"] == 20
    [entries] = await inventory.rows(
        text("SELECT count(*), min(number), max(number) FROM inventory.audit WHERE subject = :of").bindparams(of=depot)
    )
    assert tuple(entries) == (11, 1, 11)
