"""Taking over incidents with their history: once, as recorded, judged by the agreement of that time, telling nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.incidents.incidents.models import Incident
from shared.audit import verify_chains
from shared.db import Caller
from shared.events.incidents import ClockBreached, ClockWarned, IncidentImported
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.history import fact, history, imported
from tests.builders.incidents import DESK, Customer, a_customer, armed_timers, clock, seen, states
from tests.harness import OneService, principal
from tests.service.test_incidents_timeline import hear_ourselves, told, told_in_pages

AUDIT = tables_of("incidents")["audit"]


async def count(incidents: OneService) -> int:
    [[number]] = await incidents.rows(select(func.count()).select_from(Incident))
    return int(number)


async def found(incidents: OneService, result: dict[str, Any]) -> dict[str, Any]:
    return await seen(incidents, {"id": result["incident_id"]})


def on(customer: Customer, **changes: Any) -> dict[str, Any]:
    """The history of a fault of the customer's core switch, which its agreement covers."""
    return history(asset_id=str(customer.asset), **changes)


WAITED = 12_600
"""Seconds for which the recorded incident waited for its customer."""


async def test_an_incident_is_taken_over_as_it_was_recorded(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    [result] = await imported(incidents, customer.id, on(customer))
    assert (result["outcome"], result["number"], result["covered"]) == ("imported", "INC-2025-000001", True)
    assert result["clocks"] == {"respond": "met", "resolve": "met"}
    incident = await found(incidents, result)
    assert (incident["source"], incident["source_number"], incident["state"]) == ("servicenow", "INC0000045", "closed")
    assert (incident["reported_at"], incident["acknowledged_at"]) == ("2025-03-03T01:00:00Z", "2025-03-03T01:40:00Z")
    assert (incident["resolved_at"], incident["closed_at"]) == ("2025-03-03T10:00:00Z", "2025-03-08T04:00:00Z")
    assert (incident["contract_number"], incident["solution"]) == ("C-2026-1", "code 5")


async def test_its_promises_are_judged_by_the_record_and_nobody_is_told(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    [result] = await imported(incidents, customer.id, on(customer))
    incident = await found(incidents, result)
    assert states(incident) == {"respond": "met", "resolve": "met"}
    assert clock(incident, "resolve")["counted_seconds"] == 9 * 3600 - WAITED
    assert await armed_timers(incidents) == []
    await incidents.advance(days=2)
    assert (await incidents.said(ClockWarned), await incidents.said(ClockBreached)) == ([], [])


async def test_where_waiting_was_not_agreed_it_counts(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(pause_reasons=()), of=customer)
    [result] = await imported(incidents, customer.id, on(customer))
    incident = await found(incidents, result)
    assert states(incident) == {"respond": "met", "resolve": "breached"}
    assert clock(incident, "resolve")["counted_seconds"] == 9 * 3600


async def test_who_still_waits_when_the_record_ends_can_be_resumed(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    now = await incidents.now()
    waiting = [fact((now - timedelta(hours=4)).isoformat(), "waiting")]
    since = (now - timedelta(hours=5)).isoformat()
    open_ended = on(customer, reported_at=since, resolved_at=None, closed_at=None, facts=waiting)
    [result] = await imported(incidents, customer.id, open_ended)
    incident = await found(incidents, result)
    assert (incident["state"], states(incident)["resolve"]) == ("waiting", "paused")
    assert await armed_timers(incidents) == []
    async with incidents.as_(DESK) as desk:
        answer = await desk.post(f"/v1/incidents/{incident['id']}/resume", json={})
    assert states(answer.json())["resolve"] == "running"
    assert await armed_timers(incidents) == ["resolve", "resolve:50", "resolve:75", "resolve:90"]


async def test_on_site_is_judged_only_by_a_record_that_tells_of_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    arrived = on(customer, arrived_at="2025-03-03T11:00:01+08:00")
    [result] = await imported(incidents, customer.id, arrived)
    assert states(await found(incidents, result))["on_site"] == "breached"


async def test_what_is_still_due_is_armed_and_fires(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    now = await incidents.now()
    recent = on(
        customer,
        reported_at=(now - timedelta(hours=5)).isoformat(),
        resolved_at=None,
        closed_at=None,
        facts=[fact((now - timedelta(hours=4, minutes=30)).isoformat(), "in_progress")],
    )
    [result] = await imported(incidents, customer.id, recent)
    incident = await found(incidents, result)
    assert (incident["state"], states(incident)) == ("in_progress", {"respond": "met", "resolve": "running"})
    assert await armed_timers(incidents) == ["resolve", "resolve:75", "resolve:90"]
    await incidents.advance(hours=4)
    assert [warned.percent for warned in await incidents.said(ClockWarned)] == [75, 90]
    assert [broken.kind for broken in await incidents.said(ClockBreached)] == ["resolve"]


async def test_a_promise_that_broke_before_is_not_said_to_break_now(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    open_since_2025 = on(customer, resolved_at=None, closed_at=None, facts=[fact("2025-03-03T09:40:00+08:00")])
    [result] = await imported(incidents, customer.id, open_since_2025)
    incident = await found(incidents, result)
    assert (incident["state"], states(incident)) == ("reported", {"respond": "breached", "resolve": "breached"})
    assert await armed_timers(incidents) == []
    async with incidents.as_(DESK) as desk:
        await desk.post(f"/v1/incidents/{incident['id']}/acknowledge", json={})
    assert await incidents.said(ClockBreached) == []


async def test_without_an_agreement_at_the_time_nothing_was_promised(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    from_2026 = customer.agreed(starts_on="2026-01-01")
    await a_customer(incidents, from_2026, of=customer)
    [result] = await imported(incidents, customer.id, on(customer))
    incident = await found(incidents, result)
    assert (result["covered"], incident["covered"], incident["clocks"]) == (False, False, [])


async def test_a_repeat_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    [first] = await imported(incidents, customer.id, on(customer))
    before = await incidents.rows(select(func.count()).select_from(AUDIT))
    same = on(customer, reported_at="2025-03-03T01:00:00Z")
    [again] = await imported(incidents, customer.id, same)
    assert again == first | {"outcome": "unchanged"}
    assert await incidents.rows(select(func.count()).select_from(AUDIT)) == before
    assert len(await incidents.said(IncidentImported)) == 1


async def test_another_history_under_a_known_number_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await imported(incidents, customer.id, on(customer))
    [other, new] = await imported(incidents, customer.id, on(customer, title="Another"), on(customer, number="B"))
    assert (other["outcome"], other["code"], new["outcome"]) == ("refused", "history_differs", "imported")
    assert [row.title for row in await incidents.rows(select(Incident.title))] == ["Mail is slow", "Mail is slow"]


async def test_the_same_number_of_another_customer_is_another_incident(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    hospital, library = await a_customer(incidents), await a_customer(incidents)
    await imported(incidents, hospital.id, history())
    [result] = await imported(incidents, library.id, history())
    assert (result["outcome"], await count(incidents)) == ("imported", 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closed_at": "2025-03-01T00:00:00Z", "resolved_at": None}, "history_inconsistent"),
        ({"closed_at": "2025-03-03T02:00:00Z"}, "history_inconsistent"),
        ({"reported_at": "2199-01-01T00:00:00Z", "resolved_at": None, "closed_at": None}, "history_from_the_future"),
        ({"facts": [fact("2199-01-01T00:00:00Z", "closed")]}, "history_from_the_future"),
        ({"asset_id": "019a0000-0000-7000-8000-000000000099"}, "asset_not_found"),
        ({"site_id": "019a0000-0000-7000-8000-000000000099"}, "site_not_found"),
    ],
)
async def test_a_record_that_cannot_be_is_refused_alone(
    one_service: OneService.Factory, changes: dict[str, Any], code: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    refused, taken = await imported(incidents, customer.id, history(**changes), history("B"))
    assert (refused["outcome"], refused["code"], taken["outcome"]) == ("refused", code, "imported")
    assert (refused["incident_id"], refused["number"], bool(refused["detail"])) == (None, None, True)
    assert await count(incidents) == 1


async def test_a_refusal_is_told_in_the_callers_language(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    twice = [history(), history()]
    [_, refused] = await imported(incidents, customer.id, *twice, language="zh-CN")
    assert (refused["code"], refused["detail"]) == ("number_repeated", "该编号在本次请求中重复出现。")


async def test_a_dry_run_answers_the_same_and_writes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    late = on(customer, number="B", closed_at="2025-03-01T00:00:00Z")
    tried = await imported(incidents, customer.id, on(customer), late, dry_run=True)
    assert (await count(incidents), await incidents.said(IncidentImported)) == (0, [])
    done = await imported(incidents, customer.id, on(customer), late)
    assert tried == [result | {"incident_id": None, "number": None} for result in done]
    assert [result["clocks"] for result in tried] == [{"respond": "met", "resolve": "met"}, {}]


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"reported_at": "2025-03-03T09:00:00"}, "body.incidents.0.reported_at"),
        ({"reported_at": "0001-01-01T00:00:00+14:00"}, "body.incidents.0.reported_at"),
        ({"closed_at": "9999-12-31T23:59:59-12:00"}, "body.incidents.0.closed_at"),
        ({"facts": [fact("2025-03-03T09:00:00Z", "on fire")]}, "body.incidents.0.facts.0.state"),
        ({"facts": []}, "body.incidents.0.facts"),
        ({"number": " "}, "body.incidents.0.number"),
        ({"unheard_of": 1}, "body.incidents.0.unheard_of"),
    ],
)
async def test_input_that_is_not_valid_is_refused_whole(
    one_service: OneService.Factory, changes: dict[str, Any], at: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    problem = await imported(incidents, customer.id, history(**changes), history("B"), expect=422)
    assert (problem["code"], [error["at"] for error in problem["errors"]]) == ("invalid_input", [at])
    assert await count(incidents) == 0


async def test_a_customer_that_is_none_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    problem = await imported(incidents, Customer().id, history(), expect=404)
    assert problem["code"] == "customer_not_found"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_only_administrators_import(one_service: OneService.Factory, role: Role) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    problem = await imported(incidents, customer.id, history(), by=principal(role), expect=403)
    assert (problem["code"], await count(incidents)) == ("forbidden", 0)


async def test_no_role_lets_a_customers_person_or_key_import(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    for who in (principal(*Role, customer_id=customer.id), customer.key):
        await imported(incidents, customer.id, history(), by=who, expect=403)
    assert await count(incidents) == 0


async def test_the_timeline_has_each_fact_at_its_time(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    [result] = await imported(incidents, customer.id, history())
    await hear_ourselves(incidents)
    whole = await told(incidents, {"id": result["incident_id"]})
    pages = await told_in_pages(incidents, {"id": result["incident_id"]}, limit=2)
    assert [line for page in pages for line in page] == whole
    *facts, taken_over = whole
    assert [(line["at"], line["sentence_en"], line["sentence_zh"]) for line in facts] == [
        ("2025-03-03T01:05:00Z", "reported, Group 1, category: Mail", "已报告，Group 1，category: Mail"),
        ("2025-03-03T01:40:00Z", "in progress, Resolver 3", "处理中，Resolver 3"),
        ("2025-03-03T06:00:00Z", "waiting", "等待中"),
        ("2025-03-03T09:30:00Z", "resolved", "已解决"),
        ("2025-03-08T04:00:00Z", "closed", "已关闭"),
    ]
    assert {line["actor_name_en"] for line in facts} == {"Agent 7"}
    assert {line["service"] for line in facts} == {"servicenow"}
    assert len({line["event_id"] for line in (*facts, taken_over)}) == 6
    assert taken_over["sentence_en"] == "INC-2025-000001 taken over from servicenow (INC0000045): Mail is slow"


async def test_each_history_has_its_own_audit_entry(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    results = await imported(incidents, customer.id, history("A"), history("B"))
    entries = await incidents.rows(
        select(AUDIT.c.subject, AUDIT.c.correlation_id).where(AUDIT.c.action == "import_incident")
    )
    assert {(row.subject, str(row.correlation_id)) for row in entries} == {
        (result["incident_id"], result["incident_id"]) for result in results
    }
    async with incidents.runtime.database.transaction(Caller("system:test", "system")) as session:
        assert await verify_chains(session) == []


async def test_an_incident_from_long_ago_is_listed_where_its_report_belongs(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    early = history("A", reported_at="2024-01-01T00:00:00Z")
    await imported(incidents, customer.id, history("B"), early)
    async with incidents.as_(DESK) as desk:
        listed = (await desk.get("/v1/incidents")).json()
        one = (await desk.get("/v1/incidents", params={"source_number": "A"})).json()
    assert [incident["source_number"] for incident in listed] == ["B", "A"]
    assert [incident["number"] for incident in one] == ["INC-2024-000001"]


async def test_an_imported_incident_that_is_open_goes_on_here(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    open_one = history(resolved_at=None, closed_at=None, facts=[fact("2025-03-03T09:05:00+08:00", "reported")])
    [result] = await imported(incidents, customer.id, open_one)
    async with incidents.as_(DESK) as desk:
        answer = await desk.post(f"/v1/incidents/{result['incident_id']}/acknowledge", json={})
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    "unstorable",
    [
        {"title": "a\0"},
        {"number": "INC\0"},
        {"facts": [fact("2025-03-03T09:05:00+08:00", "reported", details={"a\0": "b"})]},
        {"facts": [fact("2025-03-03T09:05:00+08:00", "reported", details={"a": "b\0"})]},
    ],
)
async def test_a_record_that_cannot_be_stored_is_refused_by_itself(
    one_service: OneService.Factory, unstorable: dict[str, Any], dry_run: bool
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    good = on(customer, number="INC0000046")
    refused, taken = await imported(incidents, customer.id, on(customer, **unstorable), good, dry_run=dry_run)
    assert (refused["outcome"], refused["code"]) == ("refused", "unstorable_value")
    assert (taken["outcome"], await count(incidents)) == ("imported", 0 if dry_run else 1)
