"""A part that an incident needs: held at the best depot, issued by its keeper, used by an engineer, or free again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.audit import broken_link, chain_of
from shared.auth import Principal
from shared.db import Caller
from shared.events.contracts import SiteChanged
from shared.events.escalation import PartsCalledUp
from shared.events.gateway import PersonChanged
from shared.events.inventory import (
    PartIssued,
    PartReserved,
    PartUsed,
    ReservationExpired,
    ReservationRefused,
    ReservationReleased,
)
from shared.permissions import Role
from tests.harness import ANYBODY, OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
DESK = principal(Role.DESK)
ENGINEER = principal(Role.ENGINEER)
KEEPER = principal(Role.KEEPER, name="Keeper in Chengdu")
OTHER_KEEPER = principal(Role.KEEPER, name="Keeper in Beijing")
HOSPITAL, BANK = uuid7(), uuid7()
NURSE = principal(Role.CUSTOMER_USER, customer_id=HOSPITAL)
CLERK = principal(Role.CUSTOMER_USER, customer_id=BANK)
FAN = {"part_number": "FAN-9000", "name_zh": "风扇模块", "name_en": "Fan module", "models": ["S-9000"]}


async def post(inventory: OneService, who: Principal, path: str, body: dict[str, Any], status: int) -> Any:
    async with inventory.as_(who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def get(inventory: OneService, who: Principal, path: str, **query: Any) -> Any:
    async with inventory.as_(who) as client:
        answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def inventory(one_service: OneService.Factory) -> OneService:
    """Inventory with one part in its catalogue, and two people who may keep a depot."""
    opened = await one_service("inventory")
    for keeper in (KEEPER, OTHER_KEEPER):
        assert keeper.id is not None
        known = PersonChanged(
            person_id=keeper.id,
            name_zh="示例专人",
            name_en=keeper.name,
            email="keeper@example.com",
            phone="",
            locale="zh-CN",
            roles=keeper.roles,
            customer_id=None,
            active=True,
        )
        await opened.hear(known)
    await post(opened, ADMIN, "/v1/parts", FAN, 201)
    return opened


async def a_depot(inventory: OneService, keeper: Principal, region: str, stock: int) -> str:
    body = {"name_zh": f"{region}库", "name_en": f"Depot {region}", "region": region, "keeper_id": str(keeper.id)}
    depot: str = (await post(inventory, ADMIN, "/v1/depots", body, 201))["id"]
    if stock:
        delivery = {"part_number": "FAN-9000", "quantity": stock}
        await post(inventory, keeper, f"/v1/depots/{depot}/receipts", delivery, 201)
    return depot


async def a_site(inventory: OneService, region: str, customer_id: UUID = HOSPITAL) -> UUID:
    site = SiteChanged(
        site_id=uuid7(), customer_id=customer_id, name_zh="机房", name_en="Room", address="示例路 1 号", region=region
    )
    await inventory.hear(site)
    return site.site_id


async def call_up(inventory: OneService, quantity: int = 1, **changed: Any) -> PartsCalledUp:
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
    await inventory.hear(called)
    return called


async def reserved(inventory: OneService, quantity: int = 1, **changed: Any) -> PartReserved:
    """Call up and return what was reserved for it."""
    called = await call_up(inventory, quantity, **changed)
    [said] = [r for r in await inventory.said(PartReserved) if r.call_up_id == called.call_up_id]
    found: PartReserved = said
    return found


async def held(inventory: OneService, depot: str, at: datetime | None = None) -> tuple[int, int, int, int]:
    """What the depot has: free, reserved, issued, used."""
    lines = await get(inventory, DESK, "/v1/stock", **({"at": at.isoformat()} if at else {}))
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


async def test_a_part_from_the_sites_region_is_promised_in_two_hours(inventory: OneService) -> None:
    near = await a_depot(inventory, KEEPER, "Chengdu", 2)
    await a_depot(inventory, OTHER_KEEPER, "Beijing", 50)
    site = await a_site(inventory, "Chengdu")
    before = await inventory.now()
    said = await reserved(inventory, 2, site_id=site)
    after = await inventory.now()
    assert (str(said.depot_id), said.keeper_id, said.quantity) == (near, KEEPER.id, 2)
    assert before <= said.promised_at - timedelta(hours=2) <= after
    assert said.expires_at - said.promised_at == timedelta(hours=22)
    assert await held(inventory, near) == (0, 2, 0, 0)


async def test_without_stock_in_the_region_the_fullest_depot_serves_in_eight_hours(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 1)
    await a_depot(inventory, OTHER_KEEPER, "Beijing", 3)
    fullest = await a_depot(inventory, OTHER_KEEPER, "Wuhan", 4)
    said = await reserved(inventory, 2, site_id=await a_site(inventory, "Chengdu"))
    assert str(said.depot_id) == fullest
    assert said.expires_at - said.promised_at == timedelta(hours=16)


async def test_a_site_nobody_told_us_of_does_not_hold_up_the_part(inventory: OneService) -> None:
    fullest = await a_depot(inventory, KEEPER, "Chengdu", 4)
    for site_id in (None, uuid7()):
        assert str((await reserved(inventory, site_id=site_id)).depot_id) == fullest


async def test_a_newer_record_of_a_site_moves_it_and_an_older_does_not(inventory: OneService) -> None:
    chengdu = await a_depot(inventory, KEEPER, "Chengdu", 2)
    beijing = await a_depot(inventory, OTHER_KEEPER, "Beijing", 2)
    site = SiteChanged(
        site_id=uuid7(), customer_id=HOSPITAL, name_zh="机房", name_en="Room", address="1", region="Chengdu"
    )
    await inventory.hear(site, sequence=1)
    await inventory.hear(site.model_copy(update={"region": "Beijing"}), sequence=3)
    await inventory.hear(site, sequence=2)
    assert str((await reserved(inventory, site_id=site.site_id)).depot_id) == beijing
    assert await held(inventory, chengdu) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("part_number", "quantity", "reason"), [("FAN-9000", 3, "out_of_stock"), ("NONE", 1, "unknown_part")]
)
async def test_what_is_not_to_be_had_is_refused_with_its_reason(
    inventory: OneService, part_number: str, quantity: int, reason: str
) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 2)
    called = await call_up(inventory, quantity, part_number=part_number)
    [refused] = await inventory.said(ReservationRefused)
    assert (refused.call_up_id, refused.reason, refused.quantity) == (called.call_up_id, reason, quantity)
    assert await inventory.said(PartReserved) == []
    assert await held(inventory, depot) == (2, 0, 0, 0)


async def test_a_call_up_that_arrives_twice_holds_the_part_once(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    called = await call_up(inventory)
    repeat = await inventory.hear(called)
    await inventory.runtime.inbox.receive(repeat)
    assert len(await inventory.said(PartReserved)) == 1
    assert await held(inventory, depot) == (4, 1, 0, 0)


async def test_the_way_of_a_part_is_said_and_booked_step_by_step(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory, 2)
    issued = await move(inventory, KEEPER, reservation, "issue")
    assert (issued["state"], issued["issued_by"], issued["version"]) == ("issued", str(KEEPER.id), 2)
    assert await held(inventory, depot) == (3, 0, 2, 0)
    used = await move(inventory, ENGINEER, reservation, "use")
    assert (used["state"], used["used_by"], used["version"]) == ("used", str(ENGINEER.id), 3)
    assert await held(inventory, depot) == (3, 0, 0, 2)
    [said_issued], [said_used] = await inventory.said(PartIssued), await inventory.said(PartUsed)
    assert (said_issued.issued_by, said_issued.depot_name_en) == (KEEPER.id, "Depot Chengdu")
    assert (said_used.used_by, said_used.incident_id) == (ENGINEER.id, reservation.incident_id)
    booked = await get(inventory, DESK, "/v1/movements")
    assert [m["booking"] for m in booked] == ["use", "issue", "reserve", "receive"]
    assert [m["reservation_id"] for m in booked[:3]] == [str(reservation.reservation_id)] * 3
    await require_sound_books(inventory)


async def test_every_step_is_in_the_audit_with_what_it_rested_on(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    await move(inventory, KEEPER, reservation, "issue")
    async with inventory.runtime.database.transaction(Caller("system:test", "system")) as session:
        chain = await chain_of(session, str(reservation.reservation_id))
    assert [entry["action"] for entry in chain] == ["reserve", "issue"]
    assert [offer["depot_id"] for offer in chain[0]["information"]["offers"]] == [depot]
    assert chain[1]["actor"] == f"person:{KEEPER.id}"
    assert {entry["customer_id"] for entry in chain} == {HOSPITAL}
    assert {entry["correlation_id"] for entry in chain} == {reservation.incident_id}
    assert broken_link(chain) is None


async def test_only_that_depots_keeper_issues(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    await a_depot(inventory, OTHER_KEEPER, "Beijing", 1)
    reservation = await reserved(inventory)
    for who, status, code in (
        (OTHER_KEEPER, 403, "not_the_keeper"),
        (ENGINEER, 403, "forbidden"),
        (ADMIN, 403, "forbidden"),
        (NURSE, 403, "forbidden"),
        (ANYBODY, 401, "unauthenticated"),
    ):
        assert (await move(inventory, who, reservation, "issue", status))["code"] == code
    assert await held(inventory, depot) == (4, 1, 0, 0)
    assert await inventory.said(PartIssued) == []


async def test_a_refused_issue_leaves_the_hold_to_end_in_time(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    await move(inventory, OTHER_KEEPER, reservation, "issue", 403)
    await inventory.advance(hours=24)
    assert len(await inventory.said(ReservationExpired)) == 1
    assert await held(inventory, depot) == (5, 0, 0, 0)


async def test_only_an_engineer_uses_a_part_and_only_after_it_was_issued(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    early = await move(inventory, ENGINEER, reservation, "use", 409)
    assert (early["code"], early["state"], early["allowed"]) == (
        "illegal_move",
        "reserved",
        ["issue", "release", "expire"],
    )
    await move(inventory, KEEPER, reservation, "issue")
    for who in (KEEPER, DESK, NURSE):
        assert (await move(inventory, who, reservation, "use", 403))["code"] == "forbidden"
    assert await inventory.said(PartUsed) == []


async def test_a_part_that_is_not_needed_after_all_is_free_again(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory, 3)
    assert (await move(inventory, KEEPER, reservation, "release", 403))["code"] == "forbidden"
    released = await move(inventory, DESK, reservation, "release")
    assert (released["state"], released["released_by"]) == ("released", str(DESK.id))
    assert (await move(inventory, KEEPER, reservation, "issue", 409))["allowed"] == []
    await inventory.advance(hours=25)
    [said] = await inventory.said(ReservationReleased)
    assert (said.reservation_id, said.quantity) == (reservation.reservation_id, 3)
    assert await inventory.said(ReservationExpired) == []
    assert await held(inventory, depot) == (5, 0, 0, 0)
    await require_sound_books(inventory)


async def test_what_nobody_fetched_in_a_day_is_free_again(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory, 2)
    await inventory.advance(hours=23, minutes=59)
    assert await held(inventory, depot) == (3, 2, 0, 0)
    await inventory.advance(minutes=1)
    [said] = await inventory.said(ReservationExpired)
    assert (said.reservation_id, said.quantity) == (reservation.reservation_id, 2)
    assert await held(inventory, depot) == (5, 0, 0, 0)
    [row] = await get(inventory, DESK, "/v1/reservations", incident_id=reservation.incident_id)
    assert (row["state"], row["released_by"]) == ("expired", None)
    assert (await move(inventory, KEEPER, reservation, "issue", 409))["state"] == "expired"


async def test_what_was_issued_does_not_expire(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    await move(inventory, KEEPER, await reserved(inventory), "issue")
    await inventory.advance(hours=48)
    assert await inventory.said(ReservationExpired) == []
    assert await held(inventory, depot) == (4, 0, 1, 0)


async def test_many_holds_end_together(inventory: OneService) -> None:
    depots = [await a_depot(inventory, KEEPER, region, 3) for region in ("Chengdu", "Beijing")]
    for _ in range(6):
        await reserved(inventory)
    await inventory.advance(hours=24)
    assert len(await inventory.said(ReservationExpired)) == 6
    assert [await held(inventory, depot) for depot in depots] == [(3, 0, 0, 0), (3, 0, 0, 0)]
    await require_sound_books(inventory)


async def test_a_customer_sees_its_own_reservations_with_the_promised_time(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 5)
    own, foreign = await reserved(inventory), await reserved(inventory, customer_id=BANK)
    [seen] = await get(inventory, NURSE, "/v1/reservations")
    assert (seen["id"], seen["state"]) == (str(own.reservation_id), "reserved")
    assert datetime.fromisoformat(seen["promised_at"]) == own.promised_at
    assert await get(inventory, NURSE, "/v1/reservations", incident_id=foreign.incident_id) == []
    async with inventory.as_(NURSE) as client:
        answer = await client.get(f"/v1/reservations/{foreign.reservation_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "reservation_not_found")
    [theirs] = await get(inventory, CLERK, "/v1/reservations")
    assert theirs["id"] == str(foreign.reservation_id)


async def test_a_customers_own_emergency_team_cannot_release_another_customers_part(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    strangers = principal(Role.EMERGENCY_TEAM, customer_id=BANK)
    assert (await move(inventory, strangers, reservation, "release", 404))["code"] == "reservation_not_found"
    await inventory.advance(hours=24)
    assert len(await inventory.said(ReservationExpired)) == 1
    assert await held(inventory, depot) == (5, 0, 0, 0)


async def test_a_move_of_what_does_not_exist_or_with_details_is_refused(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    unknown = await post(inventory, KEEPER, f"/v1/reservations/{uuid7()}/issue", {}, 404)
    assert unknown["code"] == "reservation_not_found"
    path = f"/v1/reservations/{reservation.reservation_id}/issue"
    assert (await post(inventory, KEEPER, path, {"quantity": 7}, 422))["code"] == "invalid_input"


async def test_an_issue_that_names_an_older_version_is_refused(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 5)
    reservation = await reserved(inventory)
    path = f"/v1/reservations/{reservation.reservation_id}"
    async with inventory.as_(KEEPER) as client:
        tag = (await client.get(path)).headers["etag"]
        stale = await client.post(f"{path}/issue", json={}, headers={"If-Match": '"7"'})
        fresh = await client.post(f"{path}/issue", json={}, headers={"If-Match": tag})
    assert (stale.status_code, fresh.status_code, fresh.headers["etag"]) == (412, 200, '"2"')


async def test_of_many_call_ups_at_once_exactly_as_many_are_served_as_there_are_parts(inventory: OneService) -> None:
    depots = [await a_depot(inventory, KEEPER, "Chengdu", 4), await a_depot(inventory, OTHER_KEEPER, "Beijing", 3)]
    await asyncio.gather(*(call_up(inventory) for _ in range(20)))
    assert len(await inventory.said(PartReserved)) == 7
    assert len(await inventory.said(ReservationRefused)) == 13
    assert [await held(inventory, depot) for depot in depots] == [(0, 4, 0, 0), (0, 3, 0, 0)]
    await require_sound_books(inventory)


async def test_a_part_is_issued_once_however_often_it_is_asked_for_at_once(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 3)
    holds = [await reserved(inventory) for _ in range(3)]
    async with inventory.as_(KEEPER) as keeper, inventory.as_(DESK) as desk:
        paths = [f"/v1/reservations/{hold.reservation_id}" for hold in holds]
        asked = [keeper.post(f"{path}/issue", json={}) for path in paths * 3]
        answers = await asyncio.gather(*asked, *(desk.post(f"{path}/release", json={}) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 9
    good, kept, issued, _ = await held(inventory, depot)
    assert (good + issued, kept) == (3, 0)
    assert issued == len(await inventory.said(PartIssued))
    await require_sound_books(inventory)


async def test_the_end_of_a_hold_and_its_issue_at_the_same_moment_book_once(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 8)
    holds = [await reserved(inventory) for _ in range(4)]
    inventory.time.advance(timedelta(hours=24))
    async with inventory.as_(KEEPER) as keeper:
        asked = [keeper.post(f"/v1/reservations/{hold.reservation_id}/issue", json={}) for hold in holds]
        await asyncio.gather(inventory.settle(), *asked)
    await inventory.settle()
    good, kept, issued, used = await held(inventory, depot)
    assert (good + issued, kept, used) == (8, 0, 0)
    assert issued == len(await inventory.said(PartIssued))
    assert len(await inventory.said(ReservationExpired)) == 4 - issued
    await require_sound_books(inventory)


async def test_the_movements_give_the_stock_of_any_moment(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    snapshots = []
    first, second = await reserved(inventory, 2), await reserved(inventory)
    for step in (
        lambda: move(inventory, KEEPER, first, "issue"),
        lambda: move(inventory, ENGINEER, first, "use"),
        lambda: move(inventory, DESK, second, "release"),
    ):
        snapshots.append((await inventory.now(), await held(inventory, depot)))
        await inventory.advance(minutes=10)
        await step()
    snapshots.append((await inventory.now(), await held(inventory, depot)))
    for at, kept in snapshots:
        assert await held(inventory, depot, at) == kept
