"""Who may hold which role, what a key may do, and how often a password may be guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.gateway.keys.domain import SCOPES, ScopesNotAllowed, allowed_scopes
from services.gateway.people.domain import OF_A_CUSTOMER, OF_STAFF, RolesNotAllowed, allowed_roles, normalised
from services.gateway.sessions.domain import MOST_TRIES, TRIES_WINDOW, TooManySignIns, require_tries_left
from shared.permissions import GRANTS, Permission, Role

CUSTOMER = UUID(int=1)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_for_staff_or_customers_or_both_but_a_client_system_is_no_person(role: Role) -> None:
    def may_hold(customer_id: UUID | None) -> bool:
        try:
            return allowed_roles([role], customer_id) == [role.value]
        except RolesNotAllowed:
            return False

    assert may_hold(None) == (role in OF_STAFF)
    assert may_hold(CUSTOMER) == (role in OF_A_CUSTOMER)
    assert (may_hold(None) or may_hold(CUSTOMER)) == (role is not Role.CLIENT_SYSTEM)


def test_roles_are_kept_once_and_in_order() -> None:
    assert allowed_roles(["engineer", "desk", "engineer"], None) == ["desk", "engineer"]


def test_a_refusal_names_the_roles_that_do_not_fit() -> None:
    with pytest.raises(RolesNotAllowed) as refusal:
        allowed_roles([Role.LEADER, Role.DESK, Role.ADMINISTRATOR], CUSTOMER)
    assert refusal.value.members["roles"] == ["administrator", "desk"]
    assert "管理员、服务台" in refusal.value.detail("zh")


def test_a_role_of_a_customer_lets_nobody_write_people_keys_or_contracts() -> None:
    held = {permission for role in OF_A_CUSTOMER for permission in GRANTS[role]}
    assert held.isdisjoint({Permission.PEOPLE_WRITE, Permission.KEYS_WRITE, Permission.CONTRACTS_WRITE})


def test_an_address_is_compared_without_case_and_spaces() -> None:
    assert normalised(" Anna@Example.COM ") == "anna@example.com"


def test_a_keys_scopes_are_those_of_a_client_system() -> None:
    assert set(allowed_scopes(SCOPES)) == {permission.value for permission in GRANTS[Role.CLIENT_SYSTEM]}
    with pytest.raises(ScopesNotAllowed) as refusal:
        allowed_scopes([Permission.INCIDENTS_REPORT, Permission.PEOPLE_WRITE])
    assert refusal.value.members["scopes"] == ["people:write"]


@pytest.mark.parametrize(
    ("passed", "retry_after"),
    [(timedelta(), 900), (timedelta(minutes=14, seconds=59.5), 1), (TRIES_WINDOW, 1)],
)
def test_the_try_after_the_last_is_told_when_to_come_back(passed: timedelta, retry_after: int) -> None:
    require_tries_left(MOST_TRIES, NOON, NOON + passed)
    with pytest.raises(TooManySignIns) as refusal:
        require_tries_left(MOST_TRIES + 1, NOON, NOON + passed)
    assert refusal.value.members["retry_after"] == retry_after
