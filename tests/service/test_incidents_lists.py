"""Lists of incidents: what narrows them, what finds a text, their order, and that an index answers."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from services.incidents.incidents import listing
from services.incidents.incidents.domain import Priority, Severity, State, Team
from services.incidents.incidents.filters import Filters, Order
from shared.auth import Principal
from shared.db import Caller
from shared.paging import Page
from shared.search import LETTERS, SMALL_OF, query_of
from tests.builders.incidents import CLASSIFIED, DESK, ENGINEER, ENGINEER_ID, Customer, a_customer, do, reported
from tests.builders.many import many_incidents
from tests.harness import OneService

MANY = 20_000
CUSTOMERS = [uuid7() for _ in range(200)]
CUSTOMER = Customer()


async def listed(client: httpx.AsyncClient, **narrowed: Any) -> list[str]:
    answer = await client.get("/v1/incidents", params=narrowed)
    assert answer.status_code == 200, answer.text
    return [incident["title"] for incident in answer.json()]


async def four_incidents(incidents: OneService) -> tuple[Customer, dict[str, Any]]:
    """A switch (major, broken), a printer nobody covers, a server being worked on; another customer's tunnel."""
    one, other = await a_customer(incidents), await a_customer(incidents)
    switch = await reported(incidents, one, title="switch", severity="major")
    await incidents.advance(minutes=61)
    await reported(incidents, one, title="printer", asset_id=str(one.printer))
    server = await reported(incidents, one, title="server", severity="consultation")
    await do(incidents, DESK, server, "acknowledge")
    await do(incidents, ENGINEER, server, "classify", CLASSIFIED | {"severity": "consultation"})
    await do(incidents, DESK, server, "assign", {"engineer_id": str(ENGINEER_ID)})
    await reported(incidents, other, title="tunnel", severity="disaster")
    return one, switch


async def test_a_list_is_narrowed_by_each_of_its_filters_and_by_several(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, _ = await four_incidents(incidents)
    soon = (await incidents.now()) + timedelta(minutes=40)
    everything = ["tunnel", "server", "printer", "switch"]
    found: list[tuple[dict[str, Any], list[str]]] = [
        ({}, everything),
        ({"state": "in_progress"}, ["server"]),
        ({"state": ["in_progress", "reported"]}, everything),
        ({"severity": "major"}, ["switch"]),
        ({"priority": "medium"}, everything),
        ({"priority": "critical"}, []),
        ({"fault_class": "device"}, ["server"]),
        ({"customer_id": str(customer.id)}, ["server", "printer", "switch"]),
        ({"engineer_id": str(ENGINEER_ID)}, ["server"]),
        ({"team": "desk"}, ["tunnel", "printer", "switch"]),
        ({"covered": False}, ["printer"]),
        ({"covered": True, "severity": "disaster"}, ["tunnel"]),
        ({"due_before": soon.isoformat()}, ["tunnel", "switch"]),
        ({"breached": True}, ["switch"]),
        ({"breached": False}, ["tunnel", "server", "printer"]),
        ({"parent_id": str(uuid7())}, []),
        ({"customer_id": str(customer.id), "breached": False, "covered": True}, ["server"]),
    ]
    async with incidents.as_(DESK) as desk:
        assert [(narrowed, await listed(desk, **narrowed)) for narrowed, _ in found] == found


async def test_a_customers_person_lists_only_their_own(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, _ = await four_incidents(incidents)
    async with incidents.as_(customer.user) as user:
        assert await listed(user, order="due") == ["switch", "server"]
        assert await listed(user, severity="disaster") == []
        assert await listed(user, q="tunnel") == []
        assert await listed(user, customer_id=str(uuid7())) == []


async def test_what_is_due_next_comes_first_and_what_nothing_runs_for_is_not_in_that_order(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    _, switch = await four_incidents(incidents)
    async with incidents.as_(DESK) as desk:
        assert await listed(desk, order="due") == ["switch", "tunnel", "server"]
        await do(incidents, DESK, switch, "acknowledge")
        assert await listed(desk, order="due", severity="major") == ["switch"]


@pytest.mark.parametrize("order", list(Order))
async def test_pages_hold_every_incident_once_in_either_order(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record], order: Order
) -> None:
    incidents = await one_service("incidents")
    await many_incidents(admin, 500, CUSTOMERS)
    await admin.execute("UPDATE incidents.clocks SET stopped_at = NULL, due_at = date_trunc('day', due_at)")
    seen: list[str] = []
    address: str | None = f"/v1/incidents?limit=90&order={order}"
    async with incidents.as_(DESK) as desk:
        while address:
            answer = await desk.get(address)
            seen += [incident["number"] for incident in answer.json()]
            address = answer.links["next"]["url"] if "next" in answer.links else None
    numbers = [f"INC-2020-{number:06}" for number in range(1, 501)]
    assert sorted(seen) == numbers
    if order is Order.NEWEST:
        assert seen == numbers[::-1]


async def test_a_cursor_of_one_order_is_no_cursor_of_the_other(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    await four_incidents(incidents)
    async with incidents.as_(DESK) as desk:
        newest = (await desk.get("/v1/incidents?limit=1")).links["next"]["url"]
        refused = await desk.get(newest + "&order=due")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_that_is_none_of_ours_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    after: dict[str, Any] = {"after": str(uuid7())}
    positions = [after | {"moment": moment} for moment in (5, "soon", "2026-01-01", "0001-01-01T00:00:00+14:00")]
    cursors = [urlsafe_b64encode(json.dumps(position).encode()).decode() for position in (*positions, [], 1, {})]
    async with incidents.as_(DESK) as desk:
        answers = [await desk.get("/v1/incidents", params={"cursor": cursor}) for cursor in ("x", "é", *cursors)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "invalid_cursor")] * 9


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("交换机", True),
        ("心交换机断", True),
        ("机", True),
        ("电", True),
        ("断电", True),
        ("断机", False),
        ("核心 机房", True),
        ("核心 打印", False),
        ("switch", True),
        ("SWI", True),
        ("witch", False),
        ("rack 12", True),
        ("Rack-12", True),
        ("12-rack", False),
        ("5号机房", True),
        ("ＲＡＣＫ", True),
        ("'; DROP", False),
        ("!!!", False),
    ],
)
async def test_a_text_is_found_by_any_part_of_its_chinese_and_by_the_beginning_of_its_words(
    one_service: OneService.Factory, typed: str, is_found: bool
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(
        incidents, customer, title="核心交换机断电", description="Core switch at rack 12，5号机房。It's off!"
    )
    async with incidents.as_(customer.user) as user:
        assert (await listed(user, q=typed) == ["核心交换机断电"]) is is_found


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Маршрутизатор ЯДРА", "маршрутизатор ядра"),
        ("Маршрутизатор ядра", "МАРШРУТ"),
        ("ΔΊΚΤΥΟ ΝΉΣΟΣ", "δίκτυο νήσος"),
        ("École sans réseau", "ÉCOLE RÉSEAU"),
        ("E\u0301cole", "école"),
        ("Hauptstraße 5", "HAUPTSTRASSE"),
        ("İzmir şubesi", "izmir ŞUBESİ"),
        ("ＡＢＣ　ＶＰＮ", "abc vpn"),
        ("abc vpn", "ＡＢＣ"),
        ("ﬁrewall №5", "FIREWALL no5"),
    ],
)
async def test_a_text_is_found_whatever_the_case_and_width_of_its_letters(
    one_service: OneService.Factory, written: str, typed: str
) -> None:
    incidents = await one_service("incidents")
    await reported(incidents, await a_customer(incidents), title=written)
    async with incidents.as_(DESK) as desk:
        assert await listed(desk, q=typed) == [written]


async def test_the_database_and_we_tell_every_letter_in_the_same_case(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    pairs = [(chr(code), chr(code)) for code in LETTERS if chr(code).isalpha()] + list(SMALL_OF.items())
    missed = text("""
        SELECT word, query FROM unnest(CAST(:written AS text[]), CAST(:typed AS text[])) AS told (word, query)
        WHERE NOT incidents.search_terms(word) @@ query::tsquery
    """).bindparams(written=[f"a{one}" for one, _ in pairs], typed=[query_of(f"a{other}") for _, other in pairs])
    assert await incidents.rows(missed) == []


async def test_an_incident_is_found_by_its_number(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    titles = [(await reported(incidents, customer, title=f"fault {letter}"))["number"] for letter in "abc"]
    async with incidents.as_(DESK) as desk:
        assert await listed(desk, q=titles[1]) == ["fault b"]
        assert await listed(desk, q=titles[1].rsplit("-", 1)[1]) == ["fault b"]


@pytest.mark.parametrize("who", [DESK, CUSTOMER.user], ids=["staff", "customer"])
async def test_pages_of_a_frequent_word_hold_every_incident_that_has_it_once(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record], who: Principal
) -> None:
    incidents = await one_service("incidents")
    await many_incidents(admin, 3_000, [CUSTOMER.id])
    numbers = [f"INC-2020-{number:06}" for number in range(3_000, 0, -1) if number % 7 and number % 1_000]
    seen: list[str] = []
    address: str | None = "/v1/incidents?limit=200&q=printer"
    async with incidents.as_(who) as client:
        while address:
            answer = await client.get(address)
            seen += [incident["number"] for incident in answer.json()]
            address = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == numbers


def indexes_of(plan: dict[str, Any]) -> set[str]:
    """The indexes that a plan reads; a table read from end to end is told by its name."""
    names = {plan[key] for key in ("Index Name",) if key in plan}
    if plan["Node Type"] == "Seq Scan":
        names.add(f"all of {plan['Relation Name']}")
    return names.union(*(indexes_of(child) for child in plan.get("Plans", [])))


async def plan_of(incidents: OneService, filters: Filters, order: Order, customer_id: UUID | None) -> set[str]:
    rows = listing.listed(Page(50), filters, order, of_customer=customer_id)
    statement = rows.compile(incidents.runtime.database.engine.sync_engine, compile_kwargs={"literal_binds": True})
    who = Caller("person:test", "customer" if customer_id else "staff", customer_id)
    async with incidents.runtime.database.transaction(who, read_only=True) as session:
        await session.execute(listing.PLANNED)
        driver: Any = session.info["driver"]
        explained = await driver.fetchval(f"EXPLAIN (FORMAT JSON) {statement}")
    return indexes_of(explained[0]["Plan"])


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NEWEST, DUE = Order.NEWEST, Order.DUE


ANSWERED_BY: list[tuple[Filters, Order, str | None, str | None]] = [
    (Filters(), NEWEST, "pk_incidents", "ix_incidents_customer_id_id"),
    (Filters(states=(State.REPORTED,)), NEWEST, "ix_incidents_state_id", None),
    (Filters(severity=Severity.DISASTER), NEWEST, "ix_incidents_severity_id", None),
    (Filters(priority=Priority.CRITICAL), NEWEST, "ix_incidents_priority_id", None),
    (Filters(team=Team.HEADQUARTERS), NEWEST, "ix_incidents_team_id", None),
    (Filters(customer_id=CUSTOMERS[0]), NEWEST, "ix_incidents_customer_id_id", None),
    (Filters(engineer_id=CUSTOMERS[0]), NEWEST, "ix_incidents_engineer_id_id", None),
    (Filters(covered=False), NEWEST, None, None),
    (Filters(typed="心交换"), NEWEST, "ix_incidents_search", None),
    (Filters(), DUE, "ix_clocks_due_at_incident_id", "ix_clocks_customer_id_due_at_incident_id"),
    (Filters(due_before=LONG_AGO), NEWEST, None, None),
    (Filters(breached=True), NEWEST, None, "ix_clocks_customer_id_incident_id"),
]
"""Which index must answer staff, and a customer; None: whichever the planner takes, but never a whole table."""


async def test_an_index_answers_every_list(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    incidents = await one_service("incidents")
    await many_incidents(admin, MANY, CUSTOMERS)
    wrong = []
    for filters, order, *answered_by in ANSWERED_BY:
        for customer_id, expected in zip((None, CUSTOMERS[0]), answered_by, strict=True):
            plan = await plan_of(incidents, filters, order, customer_id)
            if any(name.startswith("all of") for name in plan) or (expected and expected not in plan):
                wrong.append((filters, order, customer_id, plan))
    assert wrong == []
