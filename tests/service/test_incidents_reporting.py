"""Reporting: the number, the cover found in the contract, the promises that follow, and who may report what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from services.incidents.copies.models import Agreement, Asset
from services.incidents.copies.models import Customer as CustomerCopy
from shared.events.contracts import Target
from shared.events.incidents import IncidentReported
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    HOUR,
    TARGETS,
    Customer,
    a_customer,
    armed,
    clock,
    do,
    person,
    reported,
    seen,
    states,
)
from tests.builders.statements import statements
from tests.harness import ANYBODY, OneService, principal


async def test_a_report_is_numbered_covered_and_promised(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    year = (await incidents.now()).year
    assert incident["number"] in {f"INC-{year + step}-000001" for step in (0, 1)}
    assert (incident["state"], incident["severity"], incident["channel"]) == ("reported", "general", "portal")
    assert (incident["covered"], incident["contract_number"]) == (True, "C-2026-1")
    assert incident["agreement_id"] == str(customer.agreement)
    assert (incident["customer_name_zh"], incident["asset_name"]) == ("示例医院", "Core switch")
    assert incident["site_id"] == str(customer.site)
    assert states(incident) == {"respond": "running", "on_site": "running", "resolve": "running"}
    assert {c["kind"]: c["remaining_seconds"] for c in incident["clocks"]} == {
        "respond": HOUR,
        "on_site": 2 * HOUR,
        "resolve": 8 * HOUR,
    }


async def test_what_is_answered_is_what_is_read_later(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    answered = await reported(incidents, customer)
    read = await seen(incidents, answered, customer.user)
    for incident in (answered, read):
        for promise in incident["clocks"]:
            del promise["counted_seconds"], promise["remaining_seconds"]
    assert answered == read


async def test_the_report_and_its_promises_are_said(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    [said] = await incidents.said(IncidentReported)
    told = await armed(incidents)
    assert (str(said.incident_id), said.number, said.covered) == (incident["id"], incident["number"], True)
    assert (said.contact_email, said.contact_locale) == ("contact@example.com", "zh-CN")
    assert {(c.kind, c.amount, c.unit) for c in told} == {
        ("respond", HOUR, "seconds"),
        ("on_site", 2 * HOUR, "seconds"),
        ("resolve", 8 * HOUR, "seconds"),
    }
    assert all(c.due_at == c.started_at + timedelta(seconds=c.amount) for c in told)
    assert incidents.bus.published[0].type == IncidentReported.type


async def test_an_asset_without_a_contract_is_registered_and_visibly_not_covered(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, asset_id=str(customer.printer))
    assert (incident["covered"], incident["agreement_id"], incident["contract_number"]) == (False, None, None)
    assert incident["clocks"] == []
    assert await armed(incidents) == []
    [said] = await incidents.said(IncidentReported)
    assert not said.covered


@pytest.mark.parametrize(
    ("agreed", "reports", "covered"),
    [
        ({"asset_ids": (), "site_ids": "site"}, {}, True),
        ({"asset_ids": (), "site_ids": "site"}, {"asset_id": None, "site_id": "site"}, True),
        ({}, {"asset_id": None, "site_id": "site"}, False),
        ({"asset_ids": (), "site_ids": "site"}, {"asset_id": None}, False),
        ({"in_force": False}, {}, False),
        ({"ends_on": date(2021, 1, 1)}, {}, False),
        ({"starts_on": date(2119, 1, 1)}, {}, False),
    ],
    ids=[
        "the asset's site",
        "the site without an asset",
        "not the site of the asset",
        "nothing given",
        "not signed",
        "term over",
        "term not begun",
    ],
)
async def test_cover_is_found_by_asset_or_site_within_the_term(
    one_service: OneService.Factory, agreed: dict[str, Any], reports: dict[str, Any], covered: bool
) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    agreed = agreed | ({"site_ids": (customer.site,)} if "site_ids" in agreed else {})
    reports = reports | ({"site_id": str(customer.site)} if "site_id" in reports else {})
    await a_customer(incidents, customer.agreed(**agreed), of=customer)
    incident = await reported(incidents, customer, **reports)
    assert incident["covered"] is covered


async def test_a_term_ends_with_its_day_where_the_customer_is(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    in_china = (await incidents.now() + timedelta(hours=8)).date()
    last_day = customer.agreed(starts_on=in_china, ends_on=in_china + timedelta(days=1))
    await a_customer(incidents, last_day, of=customer)
    assert (await reported(incidents, customer))["covered"]
    await incidents.advance(days=1)
    assert not (await reported(incidents, customer))["covered"]


async def test_the_newest_version_in_force_counts_for_new_reports_only(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    before = await reported(incidents, customer)
    shorter = tuple(t.model_copy(update={"amount": 600}) for t in TARGETS)
    newer = customer.agreed(agreement_id=uuid7(), revision=2, targets=shorter)
    await incidents.hear(newer)
    after = await reported(incidents, customer)
    assert after["agreement_id"] == str(newer.agreement_id)
    assert {c["target_seconds"] for c in after["clocks"]} == {600}
    assert (await seen(incidents, before))["agreement_id"] == str(customer.agreement)


async def test_a_snapshot_that_comes_late_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    newer = customer.agreed(in_force=False)
    await incidents.hear(newer, sequence=3)
    await incidents.hear(customer.agreed(contract_number="old"), sequence=2)
    [row] = await incidents.rows(select(Agreement.sequence, Agreement.in_force, Agreement.contract_number))
    assert tuple(row) == (3, False, "C-2026-1")


async def test_snapshots_may_come_in_any_order_of_subjects(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await incidents.hear(customer.agreed())
    await a_customer(incidents, of=customer)
    assert (await reported(incidents, customer))["covered"]


async def test_a_client_system_reports_by_api_and_the_desk_by_hotline(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(customer.key) as key, incidents.as_(DESK) as desk:
        by_key = await key.post("/v1/incidents", json=customer.report())
        by_desk = await desk.post("/v1/incidents", json=customer.report(customer_id=str(customer.id)))
        by_mail = await desk.post("/v1/incidents", json=customer.report(customer_id=str(customer.id), channel="mail"))
    assert [a.json()["channel"] for a in (by_key, by_desk, by_mail)] == ["api", "hotline", "mail"]
    assert by_key.json()["customer_id"] == str(customer.id)
    assert by_key.json()["allowed"] == []


async def test_a_channel_that_is_not_the_callers_is_refused(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(customer.user) as user, incidents.as_(customer.key) as key:
        by_user = await user.post("/v1/incidents", json=customer.report(channel="hotline"))
        by_key = await key.post("/v1/incidents", json=customer.report(channel="portal"))
        by_monitoring = await key.post("/v1/incidents", json=customer.report(channel="monitoring"))
    assert (by_user.status_code, by_user.json()["code"]) == (422, "channel_not_yours")
    assert (by_key.status_code, by_key.json()["code"]) == (422, "channel_not_yours")
    assert by_monitoring.json()["channel"] == "monitoring"
    assert len(await incidents.said(IncidentReported)) == 1


async def test_a_promise_beyond_all_calendars_does_not_refuse_the_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    endless = Target(severity="general", kind="resolve", amount=31_622_400, unit="working_days")
    targets = (*(t for t in TARGETS if (t.severity, t.kind) != ("general", "resolve")), endless)
    await a_customer(incidents, customer.agreed(targets=targets), of=customer)
    incident = await reported(incidents, customer)
    assert (incident["covered"], states(incident)) == (True, {"respond": "running", "on_site": "running"})
    audit = tables_of("incidents")["audit"]
    [noted] = await incidents.rows(select(audit.c.information).where(audit.c.action == "arm_clocks"))
    assert noted.information == {"beyond_calendar": ["resolve"]}
    await do(incidents, DESK, incident, "acknowledge")
    worse = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert clock(worse, "resolve")["state"] == "running"
    better = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(better, "resolve")["state"] == "cancelled"


async def test_staff_say_for_whom_they_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(DESK) as desk:
        silent = await desk.post("/v1/incidents", json=customer.report())
        unknown = await desk.post("/v1/incidents", json=customer.report(customer_id=str(uuid7())))
    assert (silent.status_code, silent.json()["code"]) == (422, "customer_missing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "customer_not_found")


async def test_what_is_another_customers_does_not_exist(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    own, other = await a_customer(incidents), await a_customer(incidents)
    reports = (
        ({"asset_id": str(other.asset)}, "asset_not_found"),
        ({"asset_id": None, "site_id": str(other.site)}, "site_not_found"),
        ({"customer_id": str(other.id)}, "customer_not_found"),
    )
    async with incidents.as_(own.user) as user:
        for changes, code in reports:
            answer = await user.post("/v1/incidents", json=own.report(**changes))
            assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert await incidents.said(IncidentReported) == []


async def test_only_those_who_may_report_do(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    for who, status in ((principal(Role.KEEPER), 403), (principal(Role.SUPERIOR), 403), (ANYBODY, 401)):
        async with incidents.as_(who) as client:
            answer = await client.post("/v1/incidents", json=customer.report(customer_id=str(customer.id)))
        assert answer.status_code == status
    assert await incidents.said(IncidentReported) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"severity": "urgent"},
        {"contact_email": "nobody"},
        {"contact_name": ""},
        {"asset_id": "A-1"},
        {"state": "closed"},
        {"channel": "fax"},
        {"reported_at": "0001-01-01T00:00:00+14:00"},
        {"reported_at": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(one_service: OneService.Factory, wrong: dict[str, Any]) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    async with incidents.as_(customer.user) as user:
        answer = await user.post("/v1/incidents", json=customer.report(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert await incidents.is_empty()


async def test_a_repeated_report_is_one_incident(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(customer.key) as key:
        first = await key.post("/v1/incidents", json=customer.report(), headers={"Idempotency-Key": "alert-1"})
        repeat = await key.post("/v1/incidents", json=customer.report(), headers={"Idempotency-Key": "alert-1"})
    assert first.json() == repeat.json()
    assert len(await incidents.said(IncidentReported)) == 1


async def test_incidents_are_found_by_number_state_severity_and_customer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    own, other = await a_customer(incidents), await a_customer(incidents)
    first = await reported(incidents, own)
    second = await reported(incidents, own, severity="major")
    third = await reported(incidents, other)
    async with incidents.as_(DESK) as desk:
        everything = (await desk.get("/v1/incidents")).json()
        major = (await desk.get("/v1/incidents?severity=major&state=reported")).json()
        others = (await desk.get(f"/v1/incidents?customer_id={other.id}")).json()
        closed = (await desk.get("/v1/incidents?state=closed")).json()
        by_number = (await desk.get(f"/v1/incidents/{first['number']}")).json()
        unknown = await desk.get("/v1/incidents/INC-1999-000001")
        wrong = await desk.get("/v1/incidents?state=lost")
    assert [i["id"] for i in everything] == [third["id"], second["id"], first["id"]]
    assert [i["id"] for i in major] == [second["id"]]
    assert [i["id"] for i in others] == [third["id"]]
    assert closed == []
    assert by_number["id"] == first["id"]
    assert (unknown.status_code, unknown.json()["code"], wrong.status_code) == (404, "incident_not_found", 422)


async def test_a_list_is_read_page_by_page(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    known = [(await reported(incidents, customer))["id"] for _ in range(3)]
    async with incidents.as_(customer.user) as user:
        first = await user.get("/v1/incidents?limit=2")
        address = first.headers["link"].split(">")[0].removeprefix("<")
        second = await user.get(address)
    assert [i["id"] for i in first.json() + second.json()] == known[::-1]
    assert "link" not in second.headers


async def test_a_customer_sees_only_its_own_incidents(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    own, other = await a_customer(incidents), await a_customer(incidents)
    incident = await reported(incidents, own)
    async with incidents.as_(other.user) as stranger:
        listed = await stranger.get("/v1/incidents")
        for address in ("", "/clocks", "/timeline", "/visits"):
            answer = await stranger.get(f"/v1/incidents/{incident['id']}{address}")
            assert (answer.status_code, answer.json()["code"]) == (404, "incident_not_found"), address
        by_number = await stranger.get(f"/v1/incidents/{incident['number']}")
    assert (listed.json(), by_number.status_code) == ([], 404)


async def test_a_report_takes_few_statements(one_service: OneService.Factory) -> None:
    """Begin, tenant, cover, number, incident, clocks, timers, all that is said and noted, commit."""
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer)
    async with incidents.as_(customer.user) as user:
        assert await statements(incidents, user.post("/v1/incidents", json=customer.report())) <= 9


async def test_a_long_list_takes_as_many_statements_as_a_short_one(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    async with incidents.as_(customer.user) as user:
        taken = []
        for _ in range(2):
            await reported(incidents, customer)
            taken.append(await statements(incidents, user.get("/v1/incidents")))
    assert taken[0] == taken[1]


async def test_copies_hold_what_was_said_last(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await incidents.hear(person(uuid7(), "甲", "A", Role.ENGINEER))
    [name] = await incidents.rows(select(CustomerCopy.name_en).where(CustomerCopy.id == customer.id))
    assets = await incidents.rows(select(Asset.name).where(Asset.customer_id == customer.id).order_by(Asset.name))
    assert (name[0], [row[0] for row in assets]) == ("Example Hospital", ["Core switch", "Printer"])
