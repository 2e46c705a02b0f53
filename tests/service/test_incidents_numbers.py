"""The number people say: counted per year, given once, and nobody waits for it."""

from __future__ import annotations

import asyncio

from uuid_utils.compat import uuid7

from services.incidents.numbers.actions import next_number
from shared.db import Caller
from tests.builders.incidents import a_customer, reported
from tests.harness import OneService


async def test_numbers_have_no_gaps_though_reports_are_refused_and_come_at_once(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(customer.user) as user:
        bodies = [customer.report(asset_id=str(uuid7() if n % 3 == 2 else customer.asset)) for n in range(12)]
        answers = await asyncio.gather(*(user.post("/v1/incidents", json=body) for body in bodies))
    numbers = sorted(int(a.json()["number"][-6:]) for a in answers if a.status_code == 201)
    assert numbers == list(range(1, 9))


async def test_a_report_waits_for_no_other_and_a_number_given_is_not_given_again(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    first = await reported(incidents, customer)
    async with incidents.runtime.database.transaction(Caller("person:test", "staff")) as under_way:
        taken = await next_number(under_way)
        second = await reported(incidents, customer)
        await under_way.rollback()
    assert [number[-6:] for number in (first["number"], taken, second["number"])] == ["000001", "000002", "000003"]


async def test_numbers_begin_anew_with_the_year_where_the_platform_is(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    first = await reported(incidents, customer)
    await incidents.advance(days=366)
    later = await reported(incidents, customer)
    assert int(later["number"][4:8]) > int(first["number"][4:8])
    assert later["number"].endswith("-000001")
