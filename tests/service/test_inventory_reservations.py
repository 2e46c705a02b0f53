"""A part that an incident needs: held at the best depot, issued by its keeper, used by an engineer, or free again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from shared.chains import broken_link
from shared.db import Caller
from shared.events.contracts import SiteChanged
from shared.events.inventory import (
    PartIssued,
    PartReserved,
    PartUsed,
    ReservationExpired,
    ReservationRefused,
    ReservationReleased,
)
from shared.permissions import Role
from tests.builders.chains import chain_of
from tests.builders.inventory import (
    ADMIN,
    BANK,
    CLERK,
    DESK,
    ENGINEER,
    FAN,
    HOSPITAL,
    KEEPER,
    NURSE,
    OTHER_KEEPER,
    a_depot,
    a_site,
    call_up,
    get,
    held,
    move,
    opened,
    post,
    require_sound_books,
    reserved,
)
from tests.builders.locks import takes_no_timer_before
from tests.harness import ANYBODY, OneService, principal


@pytest.fixture
async def inventory(one_service: OneService.Factory) -> OneService:
    return await opened(one_service, FAN)


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
    event_id = uuid7()
    await inventory.hear(await call_up(inventory, event_id=event_id), event_id=event_id)
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
    booked = await get(inventory, "/v1/movements")
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
        ["expire", "issue", "release"],
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
    [row] = await get(inventory, "/v1/reservations", incident_id=reservation.incident_id)
    assert (row["state"], row["released_by"]) == ("expired", None)
    assert (await move(inventory, KEEPER, reservation, "issue", 409))["state"] == "expired"


async def test_what_was_issued_does_not_expire(inventory: OneService) -> None:
    depot = await a_depot(inventory, KEEPER, "Chengdu", 5)
    await move(inventory, KEEPER, await reserved(inventory), "issue")
    await inventory.advance(hours=48)
    assert await inventory.said(ReservationExpired) == []
    assert await held(inventory, depot) == (4, 0, 1, 0)


async def test_a_customer_sees_its_own_reservations_with_the_promised_time(inventory: OneService) -> None:
    await a_depot(inventory, KEEPER, "Chengdu", 5)
    own, foreign = await reserved(inventory), await reserved(inventory, customer_id=BANK)
    [seen] = await get(inventory, "/v1/reservations", NURSE)
    assert (seen["id"], seen["state"]) == (str(own.reservation_id), "reserved")
    assert datetime.fromisoformat(seen["promised_at"]) == own.promised_at
    assert await get(inventory, "/v1/reservations", NURSE, incident_id=foreign.incident_id) == []
    async with inventory.as_(NURSE) as client:
        answer = await client.get(f"/v1/reservations/{foreign.reservation_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "reservation_not_found")
    [theirs] = await get(inventory, "/v1/reservations", CLERK)
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


@pytest.mark.parametrize("move", ["issue", "release"])
async def test_a_move_locks_the_reservation_before_it_takes_the_end_of_the_hold_back(
    one_service: OneService.Factory, move: str
) -> None:
    inventory = await opened(one_service, FAN)
    await a_depot(inventory, stock=3)
    hold = await reserved(inventory)
    moving = post(
        inventory, KEEPER if move == "issue" else DESK, f"/v1/reservations/{hold.reservation_id}/{move}", {}, 200
    )
    await takes_no_timer_before(inventory, "reservations", hold.reservation_id, moving)


async def test_a_customers_emergency_team_sees_nothing_of_the_stores(one_service: OneService.Factory) -> None:
    inventory = await opened(one_service, FAN)
    async with inventory.as_(principal(Role.EMERGENCY_TEAM, customer_id=HOSPITAL)) as client:
        answers = [await client.get(path) for path in ("/v1/stock", "/v1/movements", "/v1/depots", "/v1/parts")]
        assert (await client.get("/v1/reservations")).status_code == 200
    assert [answer.status_code for answer in answers] == [403] * 4
