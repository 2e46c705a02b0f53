"""Which version of an agreement counts: the one in force at the report, whenever the report is recorded or heard of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import AgreementChanged
from shared.events.incidents import AgreementReplaced
from tests.builders.history import fact, history, imported
from tests.builders.incidents import DESK, Customer, a_customer, do, in_progress, reported, seen
from tests.builders.statements import statements
from tests.harness import OneService


def version(customer: Customer, revision: int, in_force_at: datetime | None, **changes: Any) -> AgreementChanged:
    """A version that was replaced; what is in force is told so."""
    said = {"agreement_id": uuid7(), "revision": revision, "in_force": False, "in_force_at": in_force_at}
    return customer.agreed(**(said | changes))


async def two_versions(
    incidents: OneService, **newest: Any
) -> tuple[Customer, AgreementChanged, AgreementChanged, datetime]:
    """A customer whose first version came into force four days ago and was replaced two days ago; and the time."""
    customer, now = Customer(), await incidents.now()
    first = version(customer, 1, now - timedelta(days=4))
    second = version(customer, 2, now - timedelta(days=2), **{"in_force": True, **newest})
    await a_customer(incidents, first, second, of=customer)
    return customer, first, second, now


def call(customer: Customer, at: datetime) -> dict[str, Any]:
    return customer.report(customer_id=str(customer.id), channel="hotline", reported_at=at.isoformat())


async def called(incidents: OneService, customer: Customer, at: datetime) -> dict[str, Any]:
    """A call that was at `at` and is recorded now."""
    async with incidents.as_(DESK) as desk:
        answer = await desk.post("/v1/incidents", json=call(customer, at))
    assert answer.status_code == 201, answer.text
    incident: dict[str, Any] = answer.json()
    return incident


async def taken_over(incidents: OneService, customer: Customer, at: datetime, *, is_over: bool) -> dict[str, Any]:
    """An incident of `at` from another system, closed there an hour later or still worked on."""
    end = (at + timedelta(hours=1)).isoformat()
    facts = [fact(at.isoformat(), "in_progress"), *([fact(end, "closed")] if is_over else [])]
    ended = end if is_over else None
    record = history(
        str(uuid7()),
        asset_id=str(customer.asset),
        reported_at=at.isoformat(),
        resolved_at=ended,
        closed_at=ended,
        facts=facts,
    )
    [result] = await imported(incidents, customer.id, record)
    return await seen(incidents, {"id": result["incident_id"]})


@pytest.mark.parametrize(("days", "revision"), [(3, 1), (2, 2), (1, 2), (5, 1)])
async def test_a_call_recorded_afterwards_counts_by_the_version_of_its_time(
    one_service: OneService.Factory, days: int, revision: int
) -> None:
    incidents = await one_service("incidents")
    customer, first, second, now = await two_versions(incidents)
    incident = await called(incidents, customer, now - timedelta(days=days))
    assert incident["agreement_id"] == str((first, second)[revision - 1].agreement_id)
    await incidents.settle()
    assert (await seen(incidents, incident))["agreement_id"] == incident["agreement_id"]


async def test_what_is_reported_now_has_the_newest_in_as_many_statements(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, _, second, now = await two_versions(incidents)
    assert (await reported(incidents, customer))["agreement_id"] == str(second.agreement_id)
    of_now, of_before = call(customer, now) | {"reported_at": None}, call(customer, now - timedelta(days=3))
    async with incidents.as_(DESK) as desk:
        counts = {await statements(incidents, desk.post("/v1/incidents", json=body)) for body in (of_now, of_before)}
    assert len(counts) == 1


@pytest.mark.parametrize("days", [3, 5])
async def test_an_amendment_for_open_incidents_holds_for_a_call_recorded_after_it(
    one_service: OneService.Factory, days: int
) -> None:
    incidents = await one_service("incidents")
    customer, first, second, now = await two_versions(incidents, applies_to_open=True)
    at = now - timedelta(days=days)
    assert (await called(incidents, customer, at))["agreement_id"] == str(second.agreement_id)
    going_on = await taken_over(incidents, customer, at, is_over=False)
    over = await taken_over(incidents, customer, at, is_over=True)
    assert (going_on["agreement_id"], over["agreement_id"]) == (str(second.agreement_id), str(first.agreement_id))
    await incidents.settle()
    assert await incidents.said(AgreementReplaced) == []


@pytest.mark.parametrize("is_over", [True, False])
async def test_history_is_judged_by_the_version_of_its_time(one_service: OneService.Factory, *, is_over: bool) -> None:
    incidents = await one_service("incidents")
    customer, first, second, now = await two_versions(incidents)
    found = [
        (await taken_over(incidents, customer, now - timedelta(days=days), is_over=is_over))["agreement_id"]
        for days in (400, 3, 1)
    ]
    assert found == [str(first.agreement_id), str(first.agreement_id), str(second.agreement_id)]


async def test_where_nobody_knows_since_when_the_newest_counts(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    first, second = version(customer, 1, None), version(customer, 2, None, in_force=True)
    await a_customer(incidents, first, second, of=customer)
    at = await incidents.now() - timedelta(days=3)
    assert (await called(incidents, customer, at))["agreement_id"] == str(second.agreement_id)


async def test_a_withdrawn_version_gives_way_to_none_before_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, first, _, now = await two_versions(incidents, in_force=False, withdrawn=True)
    after, before = now - timedelta(days=1), now - timedelta(days=3)
    assert (await reported(incidents, customer))["covered"] is False
    assert (await called(incidents, customer, after))["covered"] is False
    assert (await called(incidents, customer, before))["agreement_id"] == str(first.agreement_id)
    third = version(customer, 3, now, in_force=True)
    await incidents.hear(third)
    assert (await called(incidents, customer, after))["agreement_id"] == str(third.agreement_id)


async def test_cover_found_late_is_that_of_the_version_of_the_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer, now = Customer(), await incidents.now()
    await a_customer(incidents, customer.agreed(asset_ids=(uuid7(),), contract_number="C-other"), of=customer)
    old = await called(incidents, customer, now - timedelta(days=3))
    waiting = await in_progress(incidents, customer)
    await do(incidents, DESK, waiting, "pause", {"reason": "waiting_for_customer", "evidence": "Asked."})
    first = version(customer, 1, now - timedelta(days=4))
    await incidents.hear(first)
    assert (await called(incidents, customer, now - timedelta(days=3)))["covered"] is False
    second = version(customer, 2, now - timedelta(days=2), in_force=True, pause_cap_seconds=60)
    await incidents.hear(second)
    await incidents.settle()
    assert (await seen(incidents, old))["agreement_id"] == str(first.agreement_id)
    assert (await seen(incidents, waiting))["agreement_id"] == str(second.agreement_id)
