"""The table of public routes, and the API described through it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute

from services import catalogue
from services.gateway.front.docs import as_openapi_3_0, merged_openapi, method_of, public_routes
from services.gateway.front.table import PUBLIC_ROUTES, Route, Table
from shared.auth import need_of
from shared.errors import MethodNotAllowed, NotFound

ROUTES = (
    Route("GET", "/a", "one"),
    Route("POST", "/a", "two"),
    Route("GET", "/a/{id}", "three"),
    Route("GET", "/a/current", "four"),
    Route("POST", "/a/{id}/b", "five"),
    Route("GET", "/{token}", "six"),
)


@pytest.mark.parametrize(
    ("method", "path", "service"),
    [
        ("GET", "/a", "one"),
        ("POST", "/a", "two"),
        ("GET", "/a/7", "three"),
        ("GET", "/a/current", "four"),
        ("POST", "/a/7/b", "five"),
        ("POST", "/a/current/b", "five"),
        ("GET", "/x", "six"),
    ],
)
def test_a_path_finds_its_service_and_a_literal_segment_goes_first(method: str, path: str, service: str) -> None:
    assert Table(ROUTES).find(method, path).service == service


@pytest.mark.parametrize("path", ["", "/", "a", "/a/", "/a//b", "/a/7/b/", "/a/7/c", "/a/7/b/c", "/A/7/b", "/a/./b/c"])
def test_other_paths_find_nothing(path: str) -> None:
    with pytest.raises(NotFound):
        Table(ROUTES).find("GET", path)


def test_a_known_path_with_another_method_names_those_it_takes() -> None:
    with pytest.raises(MethodNotAllowed) as refusal:
        Table(ROUTES).find("DELETE", "/a")
    assert refusal.value.members["allowed"] == ["GET", "POST"]


def test_head_finds_what_answers_get() -> None:
    assert Table(ROUTES).find("HEAD", "/a/7").service == "three"
    with pytest.raises(MethodNotAllowed):
        Table([Route("POST", "/p", "one")]).find("HEAD", "/p")


def test_two_services_cannot_claim_one_address() -> None:
    with pytest.raises(ValueError, match=r"two routes for GET /a/\{other\}"):
        Table([*ROUTES, Route("GET", "/a/{other}", "seven")])


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_every_public_route_is_one_its_service_answers_and_as_open_as_it_says(name: str) -> None:
    answered = {(method_of(route), route.path): route for service, route in public_routes() if service == name}
    listed = {(route.method, route.path): route for route in PUBLIC_ROUTES if route.service == name}
    assert sorted(listed) == sorted(answered)
    for key, route in listed.items():
        need = need_of(answered[key].endpoint)
        assert need
        assert (key, route.public) == (key, need.public)


def test_the_document_holds_exactly_the_public_routes() -> None:
    document = merged_openapi()
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert document["openapi"] == "3.1.0"
    assert described == {
        (method_of(route), route.path_format) for _, route in public_routes() if route.include_in_schema
    }


def test_each_operation_says_who_may_and_how_it_fails() -> None:
    document = merged_openapi()
    for service, route in public_routes():
        if not route.include_in_schema:
            continue
        operation = document["paths"][route.path_format][method_of(route).lower()]
        need = need_of(route.endpoint)
        assert need, service
        assert ("security" in operation) == (not need.public)
        assert operation.get("x-permission") == (need.permission.value if need.permission else None)
        assert "default" in operation["responses"]
        assert "422" not in operation["responses"]


def test_every_schema_that_is_named_is_there() -> None:
    document = merged_openapi()

    def named(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(named(value) for value in part.values()))
        return set().union(*(named(item) for item in part)) if isinstance(part, list) else set()

    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert named(document) <= there


def test_the_older_form_for_the_page_has_nothing_that_came_with_3_1() -> None:
    text = str(as_openapi_3_0(merged_openapi()))
    assert "{'type': 'null'}" not in text
    assert "'const'" not in text
    assert "'nullable': True" in text


def test_operation_ids_are_unique() -> None:
    document = merged_openapi()
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert all(isinstance(route, APIRoute) for _, route in public_routes())
