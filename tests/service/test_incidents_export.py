"""Lists of incidents as a file: what spreadsheet programs make of it, and that it is sent as it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from services.incidents.exports.queries import BATCH
from shared.auth import HEADER, Principal
from shared.now import system_seconds
from tests.builders.incidents import DESK, Customer, a_customer, reported
from tests.builders.many import many_incidents
from tests.harness import OneService

MANY = 20_000


async def exported(
    incidents: OneService, who: Principal, language: str = "en", **narrowed: Any
) -> tuple[list[str], list[dict[str, str]]]:
    """The header, and the rows by it."""
    async with incidents.as_(who) as client:
        answer = await client.get("/v1/incidents:export", params=narrowed, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="incidents.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    return list(rows.fieldnames or ()), list(rows)


async def test_a_file_tells_incidents_in_the_readers_language(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, severity="major", title='门诊"慢", 重启', description="一行\n两行")
    await incidents.advance(hours=3)
    _, [english] = await exported(incidents, DESK)
    header, [chinese] = await exported(incidents, DESK, "zh-CN")
    assert header[:4] == ["编号", "标题", "状态", "严重程度"]
    assert (chinese["编号"], chinese["标题"]) == (incident["number"], '门诊"慢", 重启')
    assert (chinese["描述"], chinese["严重程度"], chinese["客户"]) == ("一行\n两行", "重大故障", "示例医院")
    assert (chinese["服务协议覆盖"], english["Covered"]) == ("是", "yes")
    assert (english["Severity"], english["Customer"]) == ("major fault", "Example Hospital")
    assert (english["Engineer"], english["Closed (UTC)"]) == ("", "")
    assert english["Broken promises"] == "respond, on site"
    assert english["Reported (UTC)"] == incident["reported_at"][:19].replace("T", " ")


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "＝"])
async def test_what_a_reporter_wrote_is_never_computed(one_service: OneService.Factory, begins: str) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer, title=f"{begins}HYPERLINK(1)", description=f"a {begins} b")
    _, [row] = await exported(incidents, DESK)
    assert (row["Title"], row["Description"]) == (f"'{begins}HYPERLINK(1)", f"a {begins} b")


async def test_a_file_is_narrowed_like_a_list_and_has_no_other_customers_incidents(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    one, other = await a_customer(incidents), await a_customer(incidents)
    await reported(incidents, one, title="switch", severity="major")
    await reported(incidents, one, title="printer")
    await reported(incidents, other, title="tunnel", severity="major")

    async def titles(who: Principal, **narrowed: Any) -> list[str]:
        return [row["Title"] for row in (await exported(incidents, who, **narrowed))[1]]

    assert await titles(DESK) == ["tunnel", "printer", "switch"]
    assert await titles(DESK, severity="major", q="switch") == ["switch"]
    assert await titles(one.user) == ["printer", "switch"]
    assert await titles(one.user, customer_id=str(other.id)) == []


async def test_nobody_exports_without_permission(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    nobody = Principal("person", uuid7(), "Nobody", (), frozenset(), None, "127.0.0.1")
    async with incidents.as_(nobody) as client:
        assert (await client.get("/v1/incidents:export")).status_code == 403


Told = Callable[[bytes], Awaitable[None]]


async def stream(incidents: OneService, told: Told) -> list[bytes]:
    """The pieces of the file as the server hands them out; `told` of each before the next is asked for."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/incidents:export",
        "query_string": b"",
        "headers": [(HEADER.lower().encode(), incidents.signer.sign(DESK, system_seconds()).encode())],
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            pieces.append(message["body"])
            await told(message["body"])

    await incidents.runtime.app(scope, receive, send)
    return pieces


async def test_a_long_file_is_sent_in_pieces_while_the_rest_is_not_read_yet(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """The oldest incident goes when the first rows are out already: the file does not have it any more."""
    incidents = await one_service("incidents")
    customer = await a_customer(incidents, of=Customer())
    await many_incidents(admin, MANY, [customer.id])
    held: list[int] = []

    async def told(piece: bytes) -> None:
        held.append(await admin.fetchval(HELD))
        if len(held) == 2:
            await admin.execute("DELETE FROM incidents.clocks WHERE number = 'INC-2020-000001'")
            await admin.execute("DELETE FROM incidents.incidents WHERE number = 'INC-2020-000001'")

    header, *pieces = await stream(incidents, told)
    rows = [row for piece in pieces for row in csv.reader(io.StringIO(piece.decode(), newline=""))]
    assert header.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in rows] == [f"INC-2020-{number:06}" for number in range(MANY, 1, -1)]
    assert {len(piece.splitlines()) for piece in pieces} == {BATCH, BATCH - 1}
    assert set(held) == {0}


HELD = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = 'incidents' AND state = 'idle in transaction'
"""
"""How many transactions of the service are open while a reader takes its time."""


@pytest.mark.parametrize("name", ["q", "tag", "source_number"])
async def test_a_value_that_no_query_can_hold_is_refused_before_the_file_begins(
    one_service: OneService.Factory, name: str
) -> None:
    incidents = await one_service("incidents")
    async with incidents.as_(DESK) as client:
        listed = await client.get("/v1/incidents", params={name: "\0"})
        answer = await client.get("/v1/incidents:export", params={name: "\0"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unstorable_value")
    assert answer.json() == listed.json()
