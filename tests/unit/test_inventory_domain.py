"""The pure rules of inventory: bookings balance, reservations move as the table says, the best depot is chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.depots.domain import may_keep
from services.inventory.ledger.domain import ACCOUNTS, BOOKINGS, OUTSIDE, Balance, NotEnoughStock, transferred
from services.inventory.offers.domain import Offer, is_near, ranked
from services.inventory.reservations.domain import MOVES, Terms

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
ORDERS = st.lists(st.tuples(st.sampled_from(sorted(BOOKINGS)), st.integers(1, 9), st.integers(-60, 60)), max_size=60)


@given(ORDERS)
def test_whatever_is_booked_nothing_disappears_and_nothing_inside_is_negative(
    orders: list[tuple[str, int, int]],
) -> None:
    balances = {account: Balance(account, 0, NOON) for account in ACCOUNTS}
    for booking, quantity, seconds in orders:
        source, target = BOOKINGS[booking]
        enough = source == OUTSIDE or balances[source].quantity >= quantity
        try:
            changed = transferred(balances[source], balances[target], quantity, NOON + timedelta(seconds=seconds))
        except NotEnoughStock:
            assert not enough
            continue
        assert enough
        balances.update({balance.account: balance for balance in changed})
        assert sum(balance.quantity for balance in balances.values()) == 0
        assert all(balance.quantity >= 0 for balance in balances.values() if balance.account != OUTSIDE)


@given(ORDERS)
def test_the_times_of_an_account_never_go_back(orders: list[tuple[str, int, int]]) -> None:
    good, supplier = Balance("good", 0, NOON), Balance("supplier", 0, NOON)
    for _, quantity, seconds in orders:
        before = max(good.moved_at, supplier.moved_at)
        supplier, good = transferred(supplier, good, quantity, NOON + timedelta(seconds=seconds))
        assert good.moved_at == supplier.moved_at >= before


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_booking_moves_at_least_one(quantity: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        transferred(Balance("supplier", 0, NOON), Balance("good", 5, NOON), quantity, NOON)


def test_every_booking_connects_two_different_known_accounts() -> None:
    for source, target in BOOKINGS.values():
        assert source != target
        assert {source, target} <= set(ACCOUNTS)


def test_every_move_of_a_reservation_is_a_booking() -> None:
    assert {move for _, move in MOVES} < set(BOOKINGS)


def offer(number: int, free: int, *, near: bool = False) -> Offer:
    return Offer(UUID(int=number), "Chengdu", free, near)


def test_a_near_depot_is_preferred_to_a_fuller_one() -> None:
    assert [o.depot_id.int for o in ranked([offer(1, 90), offer(2, 2, near=True), offer(3, 91)], 2)] == [2, 3, 1]


def test_a_depot_without_enough_is_no_offer() -> None:
    assert ranked([offer(1, 1, near=True), offer(2, 0)], 2) == []


@pytest.mark.parametrize(
    ("depot", "site", "near"),
    [("Chengdu", "Chengdu", True), ("Chengdu", "chengdu", True), ("成都", "成都", True), ("成都", "重庆", False)],
)
def test_regions_are_the_same_whatever_their_case(depot: str, site: str, near: bool) -> None:
    assert is_near(depot, site) is near


def test_a_site_that_is_not_known_is_near_no_depot() -> None:
    assert not is_near("Chengdu", None)


def test_what_is_near_is_promised_sooner() -> None:
    terms = Terms(near=timedelta(hours=2), far=timedelta(hours=8), hold=timedelta(hours=24))
    assert terms.promised_at(NOON, near=True) == NOON + timedelta(hours=2)
    assert terms.promised_at(NOON, near=False) == NOON + timedelta(hours=8)
    assert terms.expires_at(NOON) == NOON + timedelta(hours=24)


@pytest.mark.parametrize(
    ("roles", "active", "customer_id", "may"),
    [
        (["keeper"], True, None, True),
        (["engineer", "keeper"], True, None, True),
        (["engineer"], True, None, False),
        (["keeper"], False, None, False),
        (["keeper"], True, UUID(int=1), False),
    ],
)
def test_only_active_staff_with_the_role_may_keep_a_depot(
    roles: list[str], active: bool, customer_id: UUID | None, may: bool
) -> None:
    assert may_keep(roles, active=active, customer_id=customer_id) is may
