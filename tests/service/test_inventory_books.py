"""The ledger under load: whoever books at the same moment, the books are sound at every moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.events.inventory import PartIssued, PartReserved, ReservationExpired, ReservationRefused
from tests.builders.inventory import (
    DESK,
    ENGINEER,
    FAN,
    KEEPER,
    OTHER_KEEPER,
    a_depot,
    call_up,
    held,
    move,
    opened,
    require_sound_books,
    reserved,
)
from tests.harness import OneService


@pytest.fixture
async def inventory(one_service: OneService.Factory) -> OneService:
    return await opened(one_service, FAN)


async def test_many_holds_end_together(inventory: OneService) -> None:
    depots = [await a_depot(inventory, KEEPER, region, 3) for region in ("Chengdu", "Beijing")]
    for _ in range(6):
        await reserved(inventory)
    await inventory.advance(hours=24)
    assert len(await inventory.said(ReservationExpired)) == 6
    assert [await held(inventory, depot) for depot in depots] == [(3, 0, 0, 0), (3, 0, 0, 0)]
    await require_sound_books(inventory)


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
    for who, reservation, name in ((KEEPER, first, "issue"), (ENGINEER, first, "use"), (DESK, second, "release")):
        snapshots.append((await inventory.now(), await held(inventory, depot)))
        await inventory.advance(minutes=10)
        await move(inventory, who, reservation, name)
    snapshots.append((await inventory.now(), await held(inventory, depot)))
    for at, kept in snapshots:
        assert await held(inventory, depot, at) == kept
