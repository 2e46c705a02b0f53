"""The API client against servers of this machine: pages, failures, and requests that are sent once more."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from clients.api import TRIES, Aftercare, Problem, Unreachable
from clients.models import Answer, Customer
from tests.outside import closed_port, server

ID = "00000000-0000-7000-8000-000000000001"
CUSTOMER = {"customer_id": ID, "name_zh": "演示医院", "name_en": "Demo Hospital", "active": True, "new_member": 1}


class Echo(Answer):
    method: str
    headers: dict[str, str]
    body: Any


async def echo(request: Request) -> Response:
    body = await request.body()
    told = {"method": request.method, "headers": dict(request.headers), "body": json.loads(body) if body else None}
    return JSONResponse(told)


async def paged(request: Request) -> Response:
    if "cursor" in request.query_params:
        return JSONResponse([CUSTOMER])
    link = f'<{request.url.path}?cursor=x&state={request.query_params["state"]}>; rel="next"'
    return JSONResponse([CUSTOMER, CUSTOMER], headers={"Link": link})


async def refused(request: Request) -> Response:
    problem = {
        "status": 409,
        "code": "illegal_move",
        "detail": "不\u202e行\x1b",
        "allowed": ["assign"],
        "title": "Illegal move",
    }
    return JSONResponse(problem, 409, media_type="application/problem+json")


async def page(request: Request) -> Response:
    return HTMLResponse("<h1>It works</h1>", 502 if request.url.path == "/gateway" else 200)


STAND_IN = Starlette(
    routes=[
        Route("/echo", echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        Route("/paged", paged),
        Route("/refused", refused, methods=["POST"]),
        Route("/gateway", page),
        Route("/page", page, methods=["GET", "POST"]),
    ]
)


def client(token: str | None = "token", language: str = "zh") -> Aftercare:
    return Aftercare("http://platform", token, language, httpx.ASGITransport(app=STAND_IN))


async def test_the_caller_and_their_language_travel_with_each_request() -> None:
    async with client() as api:
        told = await api.get(Echo, "/echo")
    assert told.headers["authorization"] == "Bearer token"
    assert told.headers["accept-language"] == "zh-CN"
    assert "idempotency-key" not in told.headers


async def test_each_write_carries_a_key_of_its_own() -> None:
    async with client() as api:
        told = [await api.post(Echo, "/echo", title="a"), await api.put(Echo, "/echo", title="b")]
    keys = {one.headers["idempotency-key"] for one in told}
    assert (len(keys), told[0].body, told[1].method) == (2, {"title": "a"}, "PUT")


async def test_a_change_names_the_version_it_saw() -> None:
    async with client() as api:
        assert (await api.patch(Echo, "/echo", version=4, name="x")).headers["if-match"] == '"4"'


async def test_a_list_is_read_to_its_last_page_and_unknown_members_are_left_out() -> None:
    async with client() as api:
        customers = await api.all(Customer, "/paged", state="active", severity=None)
    assert [customer.name("zh") for customer in customers] == ["演示医院"] * 3


async def test_a_refusal_is_a_problem_with_its_code_and_members() -> None:
    async with client() as api:
        with pytest.raises(Problem, match="不行") as caught:
            await api.post(Echo, "/refused")
    problem = caught.value
    assert (problem.status, problem.code, problem.members["allowed"]) == (409, "illegal_move", ["assign"])
    assert problem.to_data()["title"] == "Illegal move"


async def test_a_failure_that_is_no_problem_document_keeps_its_status() -> None:
    async with client() as api:
        with pytest.raises(Problem, match="HTTP 502") as caught:
            await api.get(Echo, "/gateway")
    assert caught.value.code == "http_502"


async def test_what_is_not_the_platform_is_told_as_such() -> None:
    async with client() as api:
        with pytest.raises(Unreachable, match="GET /page"):
            await api.get(Customer, "/page")


async def test_where_nobody_listens_the_address_is_named() -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    async with Aftercare(address) as api:
        with pytest.raises(Unreachable) as caught:
            await api.get(Customer, "/v1/customers")
    assert caught.value.address == address


async def test_a_write_whose_connection_was_lost_is_sent_again_under_the_same_key() -> None:
    keys: list[bytes] = []

    async def lose_the_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        keys.append(next(line for line in head.splitlines() if line.lower().startswith(b"idempotency-key:")))
        if len(keys) > 1:
            body = json.dumps(CUSTOMER).encode()
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()

    async with server(lose_the_first) as port, Aftercare(f"http://127.0.0.1:{port}") as api:
        customer = await api.post(Customer, "/v1/customers", name_zh="演示医院", name_en="Demo Hospital")
    assert customer.name("en") == "Demo Hospital"
    assert len(keys) == 2
    assert keys[0] == keys[1]


async def test_a_request_is_given_up_after_a_few_lost_connections() -> None:
    tries = 0

    async def lose(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        await reader.readuntil(b"\r\n\r\n")
        tries += 1

    async with server(lose) as port, Aftercare(f"http://127.0.0.1:{port}") as api:
        with pytest.raises(Unreachable):
            await api.get(Customer, "/v1/customers")
    assert tries == TRIES


async def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        await writer.drain()

    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    async with server(answer) as port, Aftercare(f"http://localhost:{port}") as api:
        assert await api.all(Customer, "/v1/customers") == []
