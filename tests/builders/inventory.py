"""Inventory as its tests need it: keepers, depots with stock, call-ups, and a look into the books."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.contracts import SiteChanged
from shared.events.escalation import PartsCalledUp
from shared.events.gateway import PersonChanged
from shared.events.inventory import PartReserved
from shared.permissions import Role
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
DESK = principal(Role.DESK)
ENGINEER = principal(Role.ENGINEER)
KEEPER = principal(Role.KEEPER, name="Keeper in Chengdu")
OTHER_KEEPER = principal(Role.KEEPER, name="Keeper in Beijing")
HOSPITAL, BANK = uuid7(), uuid7()
NURSE = principal(Role.CUSTOMER_USER, customer_id=HOSPITAL)
CLERK = principal(Role.CUSTOMER_USER, customer_id=BANK)
FAN = {
    "part_number": "FAN-9000",
    "name_zh": "风扇模块",
    "name_en": "Fan module",
    "models": ["S-9000"],
    "lead_time_days": 14,
}


async def post(inventory: OneService, who: Principal, path: str, body: dict[str, Any], status: int = 201) -> Any:
    async with inventory.as_(who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def get(inventory: OneService, path: str, who: Principal = DESK, **query: Any) -> Any:
    async with inventory.as_(who) as client:
        answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(one_service: OneService.Factory, *parts: dict[str, Any]) -> OneService:
    """Inventory with these parts in its catalogue, and two people who may keep a depot."""
    inventory = await one_service("inventory")
    for keeper in (KEEPER, OTHER_KEEPER):
        await hear_of(inventory, keeper)
    for part in parts:
        await post(inventory, ADMIN, "/v1/parts", part, 201)
    return inventory


async def hear_of(inventory: OneService, person: Principal, sequence: int = 1, **changed: Any) -> None:
    """Tell inventory of a person, as the gateway does."""
    record = {
        "person_id": person.id,
        "name_zh": "示例专人",
        "name_en": person.name,
        "email": "person@example.com",
        "phone": "",
        "locale": "zh-CN",
        "roles": person.roles,
        "customer_id": person.customer_id,
        "active": True,
    }
    await inventory.hear(PersonChanged.model_validate(record | changed), sequence=sequence)


async def a_depot(inventory: OneService, keeper: Principal = KEEPER, region: str = "Chengdu", stock: int = 0) -> str:
    """The id of a new depot with that many fan modules in it."""
    body = {"name_zh": f"{region}库", "name_en": f"Depot {region}", "region": region, "keeper_id": str(keeper.id)}
    depot: str = (await post(inventory, ADMIN, "/v1/depots", body))["id"]
    if stock:
        await delivered(inventory, depot, stock, keeper)
    return depot


async def delivered(inventory: OneService, depot: str, quantity: int, keeper: Principal = KEEPER) -> Any:
    body = {"part_number": "FAN-9000", "quantity": quantity, "note": "Delivery note 4711"}
    return await post(inventory, keeper, f"/v1/depots/{depot}/receipts", body)


async def a_site(inventory: OneService, region: str, customer_id: UUID = HOSPITAL) -> UUID:
    site = SiteChanged(
        site_id=uuid7(), customer_id=customer_id, name_zh="机房", name_en="Room", address="示例路 1 号", region=region
    )
    await inventory.hear(site)
    return site.site_id


async def call_up(
    inventory: OneService, quantity: int = 1, event_id: UUID | None = None, **changed: Any
) -> PartsCalledUp:
    facts = {
        "call_up_id": uuid7(),
        "incident_id": uuid7(),
        "customer_id": HOSPITAL,
        "number": "INC-2026-000001",
        "activation_id": None,
        "part_number": "FAN-9000",
        "quantity": quantity,
        "site_id": None,
        "called_up_at": await inventory.now(),
    }
    called = PartsCalledUp.model_validate(facts | changed)
    await inventory.hear(called, event_id=event_id)
    return called


async def reserved(inventory: OneService, quantity: int = 1, **changed: Any) -> PartReserved:
    """Call up and return what was reserved for it."""
    called = await call_up(inventory, quantity, **changed)
    [said] = [r for r in await inventory.said(PartReserved) if r.call_up_id == called.call_up_id]
    found: PartReserved = said
    return found


async def held(inventory: OneService, depot: str, at: datetime | None = None) -> tuple[int, int, int, int]:
    """What the depot has: free, reserved, issued, used."""
    query: dict[str, Any] = {"at": at.isoformat()} if at else {}
    lines = await get(inventory, "/v1/stock", **query)
    [line] = [line for line in lines if line["depot_id"] == depot]
    return line["good"], line["reserved"], line["issued"], line["used"]


async def move(inventory: OneService, who: Principal, reservation: PartReserved, name: str, status: int = 200) -> Any:
    return await post(inventory, who, f"/v1/reservations/{reservation.reservation_id}/{name}", {}, status)


async def require_sound_books(inventory: OneService) -> None:
    """The movements add up to the balances, and no account inside was negative at any time."""
    entries = """
        SELECT part_id, depot_id, to_account AS account, quantity, booked_at FROM inventory.movements
        UNION ALL SELECT part_id, depot_id, from_account, -quantity, booked_at FROM inventory.movements
    """
    differences = f"""
        SELECT account FROM (SELECT part_id, depot_id, account, sum(quantity) AS summed FROM ({entries}) AS entries
            GROUP BY part_id, depot_id, account) AS sums
        FULL JOIN inventory.balances USING (part_id, depot_id, account)
        WHERE coalesce(summed, 0) <> coalesce(quantity, 0)
    """
    lowest = f"""
        SELECT min(level) FROM (SELECT account, sum(quantity) OVER (
            PARTITION BY part_id, depot_id, account ORDER BY booked_at) AS level FROM ({entries}) AS entries) AS levels
        WHERE account <> 'supplier'
    """
    assert await inventory.rows(text(differences)) == []
    [row] = await inventory.rows(text(lowest))
    assert row[0] >= 0
    [total] = await inventory.rows(text("SELECT sum(quantity) FROM inventory.balances"))
    assert total[0] == 0
