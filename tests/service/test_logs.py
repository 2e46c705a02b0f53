"""Secrets stay out of the log: what stands in an address, and what a statement was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import structlog
from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from services import catalogue
from services.feedback.surveys.pages import PageRoute
from services.gateway.front.forward import InProcess
from shared.auth import public
from shared.db import Caller
from shared.edge import Edge
from tests.builders.gateway import ADMINISTRATOR, Door
from tests.harness import ANYBODY, OneService

TOKEN = "a-token-that-lets-its-bearer-in"


@contextmanager
def logged() -> Iterator[list[str]]:
    """The lines of the log, with what is bound to the request; filled at the end."""
    lines: list[str] = []
    with capture_logs([structlog.contextvars.merge_contextvars]) as entries:
        yield lines
    lines += [json.dumps(entry, default=repr) for entry in entries]


@pytest.mark.parametrize("kind", [Edge, PageRoute])
async def test_a_service_that_crashes_tells_its_log_the_route_and_not_the_address(
    one_service: OneService.Factory, kind: type[Edge]
) -> None:
    routes = APIRouter(route_class=kind)

    @routes.get("/s/{token}")
    @public()
    async def crashing(token: str) -> None:
        raise RuntimeError("cannot be shown")

    service = await one_service(replace(catalogue.service("contracts"), routers=(routes,)))
    with logged() as lines:
        async with service.as_(ANYBODY) as person:
            assert (await person.get(f"/s/{TOKEN}")).status_code == 500
    [line] = lines
    assert "/s/{token}" in line
    assert TOKEN not in line


async def test_the_front_tells_its_log_the_route_and_not_the_address(one_service: OneService.Factory) -> None:
    async def crashing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("cannot be shown")

    door = await Door.opened(one_service, {"feedback": InProcess(crashing)})
    with logged() as lines:
        async with door.client() as client:
            assert (await client.get(f"/s/{TOKEN}")).status_code == 500
    [line] = lines
    assert "GET /s/{token}" in line
    assert TOKEN not in line


async def test_what_a_refused_statement_was_told_is_not_part_of_its_error(one_service: OneService.Factory) -> None:
    """Errors of the database are logged, and kept beside events that could not be handled."""
    service = await one_service("contracts")
    with pytest.raises(DBAPIError) as refused:
        async with service.runtime.database.transaction(Caller("system:test", "system")) as session:
            await session.execute(text("SELECT 1 / (length(:said) - length(:said))"), {"said": TOKEN})
    assert TOKEN not in str(refused.value)


async def test_a_refused_sign_in_tells_its_log_who_it_was_and_nothing_that_was_typed(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service)
    with logged() as lines:
        await door.sign_in("my-password-in-the-wrong-field", "typed")
        await door.sign_in(ADMINISTRATOR, "typed as well", address="10.0.0.7")
    unknown, known = (json.loads(line) for line in lines)
    assert (unknown["event"], unknown["person_id"]) == ("sign_in_refused", None)
    assert (known["person_id"] is None, known["origin"]) == (False, "10.0.0.7")
    for typed in ("wrong-field", "typed", ADMINISTRATOR):
        assert typed not in "".join(lines)
