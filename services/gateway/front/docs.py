"""The public API in one OpenAPI document: what the services describe, through the table of public routes."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services import catalogue
from services.gateway.front.table import PUBLIC_ROUTES
from shared.auth import need_of
from shared.errors import PROBLEM, AftercareError
from shared.operations import operations_router

VERSION = "1"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457. Switch on `code`; `detail` is for people, in the language of Accept-Language.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "detail")}
    | {"status": {"type": "integer"}},
    "additionalProperties": True,
}
ANY_PROBLEM = {"description": "A problem", "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
IDEMPOTENCY_KEY = {"Idempotency-Key": "A repeat with the same key gets the first answer and has no second effect."}
IF_MATCH = {"If-Match": "The ETag of the version the change is meant for; 412 when it is another by now."}
WITHOUT_VERSION = frozenset(
    {
        "/v1/calendars/{calendar_id}/preview",
        "/v1/customers/{customer_id}/sites:import",
        "/v1/customers/{customer_id}/assets:import",
        "/v1/incidents/{incident_id}/watchers/me",
        "/v1/incidents/{incident_id}/watchers/{person_id}",
        "/v1/incidents/{incident_id}/tags",
        "/v1/attachments/{attachment_id}",
        "/v1/time/{entry_id}/withdraw",
    }
)
"""Below a record, but no change of it that another could overwrite: questions, files of many records, sets of people
and words, and what is withdrawn once. If-Match is refused there.
"""
ETAG = {"ETag": {"description": "The record's version, for If-Match.", "schema": {"type": "string"}}}


def public_routes() -> Iterator[tuple[str, APIRoute]]:
    """The routes that are in the table, each with the name of its service, in the order of the services."""
    listed = {(route.service, route.method, _shape(route.path)) for route in PUBLIC_ROUTES}
    for name in catalogue.NAMES:
        for router in (*catalogue.service(name).routers, operations_router(name)):
            for route in router.routes:
                if isinstance(route, APIRoute) and (name, method_of(route), _shape(route.path)) in listed:
                    yield name, route


def merged_openapi() -> dict[str, Any]:
    """OpenAPI 3.1 of the whole platform, as it is reached through the gateway."""
    routes = [route for _, route in public_routes() if route.include_in_schema]
    document = get_openapi(
        title="Aftercare",
        version=VERSION,
        openapi_version="3.1.0",
        summary="After-sales service: incidents, promises, contingency plans, spare parts, satisfaction",
        routes=routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = PROBLEM_SCHEMA
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A session token (acs_) or an API key (ack_)."}
    }
    for route in routes:
        _complete(document["paths"][route.path_format][method_of(route).lower()], route)
    return document


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    """Add what every route has from the edge: who may, which problems, which headers."""
    need = need_of(route.endpoint)
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = ANY_PROBLEM
    if need and not need.public:
        operation["security"] = [{"bearer": []}]
    if need and need.permission:
        operation["x-permission"] = need.permission.value
        operation["description"] = f"{operation.get('description', '')}\n\nNeeds `{need.permission.value}`.".strip()
    if method_of(route) != "GET":
        headers = IDEMPOTENCY_KEY | (IF_MATCH if changes_a_record(route) else {})
        operation.setdefault("parameters", []).extend(
            {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        )
    if tells_a_version(route):
        operation["responses"][str(route.status_code or 200)]["headers"] = ETAG


def changes_a_record(route: APIRoute) -> bool:
    """Whether it acts on a record that is there, which If-Match can name; what is parked has no version."""
    if "operations" in route.tags or route.path in WITHOUT_VERSION:
        return False
    return method_of(route) != "GET" and route.status_code != 201 and "{" in route.path


def tells_a_version(route: APIRoute) -> bool:
    """Whether its answer carries an ETag: one record that has a version, or what was changed under one."""
    has_version = "version" in getattr(route.response_model, "model_fields", {})
    return has_version or (changes_a_record(route) and route.status_code != 204)


def as_openapi_3_0(document: dict[str, Any]) -> dict[str, Any]:
    """The same document in the older form that the bundled Swagger UI (4.15) can show."""
    older: dict[str, Any] = _without_null(copy.deepcopy(document))
    older["openapi"] = "3.0.3"
    older["info"].pop("summary", None)
    return older


def _without_null(part: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where 3.1 has a type `null`, and has no `const`."""
    if isinstance(part, list):
        return [_without_null(item) for item in part]
    if not isinstance(part, dict):
        return part
    converted = {name: _without_null(value) for name, value in part.items()}
    options = converted.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        kept = [option for option in options if option != {"type": "null"}]
        del converted["anyOf"]
        converted |= {"nullable": True} | (kept[0] if len(kept) == 1 else {"anyOf": kept})
    if "const" in converted:
        converted["enum"] = [converted.pop("const")]
    for bound in ("Minimum", "Maximum"):
        limit = converted.get(f"exclusive{bound}")
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            converted |= {bound.lower(): limit, f"exclusive{bound}": True}
    return converted


def every_error() -> list[type[AftercareError]]:
    """The errors with a code, by code. Loads all services, whose rules state them."""
    for name in catalogue.NAMES:
        catalogue.service(name)
    found = {error.code: error for error in _subclasses(AftercareError) if error.code}
    return [found[code] for code in sorted(found)]


def _subclasses(kind: type[AftercareError]) -> Iterator[type[AftercareError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


def method_of(route: APIRoute) -> str:
    return min(route.methods or {"GET"})


def _shape(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)
