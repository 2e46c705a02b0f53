"""Who may do what, over every route there is: deny by default, one public table, each permission for something."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute
from uuid_utils.compat import uuid7

from services import catalogue
from services.gateway.front.table import PUBLIC_ROUTES, Table
from services.gateway.people.domain import OF_A_CUSTOMER
from services.reference import routes_of
from shared.auth import Principal, need_of
from shared.edge import Edge
from shared.permissions import GRANTS, STAFF_ONLY, Permission, Role, permissions_of
from tests.harness import ANYBODY, OneService

INTERNAL: dict[str, str] = {}
"""Routes that no client may reach (`service METHOD path`), each with its reason. None so far."""
OPEN_TO_EVERYBODY = {"POST /v1/sessions", "GET /s/{}", "POST /s/{}"}
APART = [
    (Role.ENGINEER, Permission.ACTIVATIONS_DECIDE),
    (Role.EMERGENCY_TEAM, Permission.ACTIVATIONS_DECIDE),
    (Role.ADMINISTRATOR, Permission.ACTIVATIONS_DECIDE),
    (Role.EMERGENCY_TEAM, Permission.PLANS_APPROVE),
    (Role.ENGINEER, Permission.STOCK_BOOK),
    (Role.ADMINISTRATOR, Permission.STOCK_BOOK),
    (Role.DESK, Permission.INCIDENTS_CONFIRM),
    (Role.CUSTOMER_USER, Permission.MESSAGES_READ),
    (Role.CUSTOMER_USER, Permission.OPERATIONS),
]
ROUTES = [(name, route) for name in catalogue.NAMES for route in routes_of(catalogue.service(name))]


def method_of(route: APIRoute) -> str:
    return min(route.methods or ())


def shape(path: str) -> str:
    """The path whatever its parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def shown(route: APIRoute) -> str:
    return f"{method_of(route)} {shape(route.path)}"


def test_every_route_runs_at_the_edge_and_says_what_it_needs() -> None:
    bare = [shown(route) for _, route in ROUTES if not isinstance(route, Edge) or need_of(route.endpoint) is None]
    assert bare == []


def test_every_route_is_public_or_listed_as_internal() -> None:
    listed = {f"{route.service} {route.method} {shape(route.path)}" for route in PUBLIC_ROUTES}
    assert {f"{name} {shown(route)}" for name, route in ROUTES} - listed - set(INTERNAL) == set()


def test_every_public_route_is_answered() -> None:
    """A row of the table that nobody answers is a promise not kept."""
    answered = {f"{name} {shown(route)}" for name, route in ROUTES}
    promised = {f"{route.service} {route.method} {shape(route.path)}" for route in PUBLIC_ROUTES}
    assert promised - answered == set()


def test_the_table_leads_every_path_to_its_own_service() -> None:
    table = Table()
    astray = []
    for route in PUBLIC_ROUTES:
        found = table.find(route.method, re.sub(r"\{[^}]*\}", str(uuid7()), route.path))
        if found != route:
            astray.append(f"{route.method} {route.path} -> {found.service} {found.path}")
    assert astray == []


def test_only_sign_in_and_the_survey_page_are_open_to_everybody() -> None:
    marked = {shown(route) for _, route in ROUTES if (need := need_of(route.endpoint)) and need.public}
    assert marked <= OPEN_TO_EVERYBODY
    assert {f"{route.method} {shape(route.path)}" for route in PUBLIC_ROUTES if route.public} == OPEN_TO_EVERYBODY


def test_every_permission_is_somebodys() -> None:
    held = {permission for permissions in GRANTS.values() for permission in permissions}
    assert set(Permission) - held == set()


def test_every_permission_opens_a_route() -> None:
    asked = {need.permission for _, route in ROUTES if (need := need_of(route.endpoint))}
    assert set(Permission) - asked == set()


def test_every_role_may_do_something() -> None:
    assert [role for role in Role if not GRANTS.get(role)] == []


@pytest.mark.parametrize(("role", "permission"), APART)
def test_duties_that_must_stay_apart_are_apart(role: Role, permission: Permission) -> None:
    assert permission not in GRANTS[role]


@pytest.mark.parametrize("name", catalogue.NAMES)
async def test_who_lacks_a_routes_permission_is_refused_there_and_nothing_is_written(
    one_service: OneService.Factory, name: str
) -> None:
    """Every other permission of the platform does not help."""
    service = await one_service(name)
    let_in = []
    for route in (route for owner, route in ROUTES if owner == name):
        need = need_of(route.endpoint)
        if need is None or need.permission is None:
            continue
        for who, status in ((ANYBODY, 401), (with_all_but(need.permission), 403)):
            async with service.as_(who) as client:
                answer = await client.request(method_of(route), some_path(route), json={})
            if (answer.status_code, answer.headers.get("content-type")) != (status, "application/problem+json"):
                let_in.append(f"{shown(route)} as {who.kind}: {answer.status_code}")
    assert let_in == []
    assert await service.is_empty()


def with_all_but(permission: Permission) -> Principal:
    held = frozenset(other.value for other in Permission if other is not permission)
    return Principal("person", uuid7(), "Somebody", (), held, None, "127.0.0.1")


def some_path(route: APIRoute) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: str(uuid7()), route.path)


@pytest.mark.parametrize("role", sorted(OF_A_CUSTOMER))
def test_a_customers_people_hold_nothing_that_is_the_providers_own(role: Role) -> None:
    held = permissions_of((role.value,), of_customer=True)
    assert held == GRANTS[role] - STAFF_ONLY
    assert held & {Permission.STOCK_READ, Permission.PEOPLE_READ, Permission.MESSAGES_READ} == set()
