"""Contracts and agreements: jointly signed, versioned, and said with all that a clock needs."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.db import Caller, context
from shared.events.contracts import AgreementChanged, EmergencyOrganisationChanged
from shared.permissions import Role
from shared.snapshots import SAY_AGAIN
from shared.timers import arm
from tests.builders.contracts import MINUTE_A_WEEK, NO_BREAK, a_contract, a_draft, signed
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)


async def test_an_agreement_counts_once_both_sides_signed(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        agreement = (await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})).json()
        address = f"/v1/agreements/{agreement['id']}/sign"
        one = await admin.post(address, json={"side": "provider", "signed_by": "Demo provider"})
        assert one.json()["state"] == "draft"
        assert await contracts.said(AgreementChanged) == []
        both = await admin.post(address, json={"side": "customer", "signed_by": "Demo customer"})
    assert both.json()["state"] == "in_force"
    [said] = await contracts.said(AgreementChanged)
    hour = {(t.severity, t.kind): (t.amount, t.unit) for t in said.targets}
    assert said.in_force
    assert hour["general", "respond"] == (3600, "seconds")
    assert hour["major", "resolve"] == (1, "working_days")
    assert hour["disaster", "plan_decided"] == (900, "seconds")


async def test_a_new_version_supersedes_the_one_before(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        address = f"/v1/contracts/{contract['id']}/agreements"
        first = (await admin.post(address, json={})).json()
        await signed(admin, first)
        target = {"severity": "general", "kind": "respond", "amount": 600, "unit": "seconds"}
        second = (await admin.post(address, json={"targets": [target]})).json()
        await signed(admin, second)
        states = {a["revision"]: a["state"] for a in (await admin.get(address)).json()}
        since = {a["revision"]: datetime.fromisoformat(a["in_force_at"]) for a in (await admin.get(address)).json()}
    assert states == {1: "superseded", 2: "in_force"}
    assert [(s.revision, s.in_force, s.in_force_at) for s in await contracts.said(AgreementChanged)] == [
        (1, True, since[1]),
        (1, False, since[1]),
        (2, True, since[2]),
    ]


async def test_a_version_drawn_from_an_earlier_one_keeps_its_provisional_years(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        usual = await a_draft(admin, contract)
        again = await a_draft(admin, contract, calendar=usual["calendar"])
        own = await a_draft(admin, contract, calendar=NO_BREAK)
    assert [each["provisional_years"] for each in (usual, again, own)] == [[2027, 2028], [2027, 2028], []]


async def test_a_side_signs_once_and_a_version_in_force_not_again(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        agreement = (await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})).json()
        address = f"/v1/agreements/{agreement['id']}/sign"
        await admin.post(address, json={"side": "provider", "signed_by": "Demo"})
        again = await admin.post(address, json={"side": "provider", "signed_by": "Demo"})
        await admin.post(address, json={"side": "customer", "signed_by": "Demo"})
        late = await admin.post(address, json={"side": "customer", "signed_by": "Demo"})
    assert (again.status_code, again.json()["code"]) == (409, "already_signed")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")


async def test_a_signature_on_an_outdated_version_is_refused(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        agreement = (await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})).json()
        address = f"/v1/agreements/{agreement['id']}"
        tag = (await admin.get(address)).headers["etag"]
        body = {"side": "provider", "signed_by": "Demo"}
        first = await admin.post(f"{address}/sign", json=body, headers={"If-Match": tag})
        stale = await admin.post(f"{address}/sign", json=body | {"side": "customer"}, headers={"If-Match": tag})
    assert first.status_code == 200
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")


async def test_impossible_contracts_are_refused(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        body = {"customer_id": contract["customer_id"], "starts_on": "2026-01-01", "ends_on": "2029-01-01"}
        taken = await admin.post("/v1/contracts", json=body | {"number": "C-2026-1"})
        empty = await admin.post("/v1/contracts", json=body | {"number": "C-2", "ends_on": "2026-01-01"})
        foreign = await admin.post("/v1/contracts", json=body | {"number": "C-3", "asset_ids": [str(uuid4())]})
        target = {"severity": "general", "kind": "respond", "amount": 600, "unit": "seconds"}
        address = f"/v1/contracts/{contract['id']}/agreements"
        twice = await admin.post(address, json={"targets": [target, target]})
        calendar = await admin.post(address, json={"calendar": {"zone": "Nowhere/Land"}})
        listed = (await admin.get("/v1/contracts")).json()
    codes = [answer.json()["code"] for answer in (taken, empty, foreign, twice, calendar)]
    assert codes == [
        "contract_number_taken",
        "term_empty",
        "asset_not_found",
        "target_repeated",
        "invalid_calendar",
    ]
    assert len(listed) == 1


@pytest.mark.parametrize(
    "term", [{"starts_on": "1899-12-31"}, {"ends_on": "2200-01-01"}, {"ends_on": "9999-12-31"}, {"starts_on": "today"}]
)
async def test_a_term_lies_within_the_years_of_calendars(one_service: OneService.Factory, term: dict[str, str]) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        body = {name: contract[name] for name in ("customer_id", "starts_on", "ends_on")}
        answer = await admin.post("/v1/contracts", json=body | {"number": "C-2"} | term)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("amount", "unit", "calendar", "code"),
    [
        (31_622_400, "working_days", None, "invalid_input"),
        (3661, "working_days", None, "invalid_input"),
        (31_622_400, "working_seconds", MINUTE_A_WEEK, "target_beyond_calendar"),
        (3660, "working_days", MINUTE_A_WEEK, None),
        (31_622_400, "seconds", MINUTE_A_WEEK, None),
        (600, "seconds", MINUTE_A_WEEK | {"exceptions": {"9999-12-31": []}}, "invalid_calendar"),
    ],
)
async def test_a_target_falls_due_within_the_years_of_calendars(
    one_service: OneService.Factory, amount: int, unit: str, calendar: dict[str, Any] | None, code: str | None
) -> None:
    contracts = await one_service("contracts")
    target = {"severity": "general", "kind": "resolve", "amount": amount, "unit": unit}
    async with contracts.as_(ADMIN) as admin:
        address = f"/v1/contracts/{(await a_contract(admin))['id']}/agreements"
        answer = await admin.post(address, json={"targets": [target], "calendar": calendar})
        drafts = (await admin.get(address)).json()
    assert (answer.status_code, answer.json().get("code")) == ((422, code) if code else (201, None))
    assert len(drafts) == (0 if code else 1)


async def test_a_term_that_outlasts_calendars_leaves_no_time_for_a_promise(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin, ends_on="2199-12-31")
        answer = await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "target_beyond_calendar")


async def test_an_older_revision_does_not_replace_a_newer_one_in_force(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        address = f"/v1/contracts/{(await a_contract(admin))['id']}/agreements"
        older, newer = [(await admin.post(address, json={})).json() for _ in range(2)]
        assert (await signed(admin, newer)).status_code == 200
        refused = await signed(admin, older)
        states = {a["revision"]: a["state"] for a in (await admin.get(address)).json()}
    assert (refused.status_code, refused.json()["code"]) == (409, "newer_agreement_in_force")
    assert states == {1: "draft", 2: "in_force"}
    assert [(s.revision, s.in_force) for s in await contracts.said(AgreementChanged)] == [(2, True)]


async def test_revisions_countersigned_at_once_leave_the_newest_in_force(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        address = f"/v1/contracts/{(await a_contract(admin))['id']}/agreements"
        drafts = [(await admin.post(address, json={})).json() for _ in range(4)]
        for draft in drafts:
            await admin.post(f"/v1/agreements/{draft['id']}/sign", json={"side": "provider", "signed_by": "Demo"})
        body = {"side": "customer", "signed_by": "Demo"}
        answers = await asyncio.gather(*(admin.post(f"/v1/agreements/{d['id']}/sign", json=body) for d in drafts))
        states = [a["state"] for a in (await admin.get(address)).json()]
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert (answers[-1].status_code, states[0], states.count("in_force")) == (200, "in_force", 1)


async def test_an_organisation_named_several_times_at_once_is_one(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        address = f"/v1/customers/{(await a_contract(admin))['customer_id']}/emergency-organisation"
        people = {"team_ids": [str(uuid4())], "leader_ids": [str(uuid4())], "quorum": 1}
        answers = await asyncio.gather(*(admin.put(address, json=people) for _ in range(5)))
    assert sorted((a.status_code, a.json()["version"]) for a in answers) == [(200, n) for n in range(1, 6)]


async def test_the_emergency_organisation_names_enough_leaders_for_its_quorum(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        address = f"/v1/customers/{contract['customer_id']}/emergency-organisation"
        missing = await admin.get(address)
        people = {"team_ids": [str(uuid4())], "leader_ids": [str(uuid4())], "superior_ids": [str(uuid4())]}
        refused = await admin.put(address, json=people | {"quorum": 2})
        named = await admin.put(address, json=people | {"quorum": 1})
    assert (missing.status_code, missing.json()["code"]) == (404, "emergency_organisation_not_found")
    assert (refused.status_code, refused.json()["code"]) == (422, "quorum_too_large")
    assert (named.status_code, named.json()["version"]) == (200, 1)
    [said] = await contracts.said(EmergencyOrganisationChanged)
    assert [str(leader) for leader in said.leader_ids] == people["leader_ids"]


async def test_republishing_says_every_record_again_under_a_higher_sequence(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        await signed(admin, (await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})).json())
    await contracts.settle()
    before = {envelope.subject: envelope.sequence for envelope in contracts.bus.published}
    contracts.bus.published.clear()
    await contracts.republish(batch=3)
    again = {envelope.subject: envelope.sequence for envelope in contracts.bus.published}
    first = {f"019a0000-0000-7000-8000-0000000c{place:04}": 1 for place in range(1, 9)}
    assert again == first | {subject: sequence + 1 for subject, sequence in before.items()}


async def test_signed_agreements_are_said_again_when_a_migration_asks_for_it(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        address = f"/v1/contracts/{contract['id']}/agreements"
        await signed(admin, (await admin.post(address, json={})).json())
        await admin.post(address, json={})
    [once] = await contracts.said(AgreementChanged)
    async with contracts.runtime.database.transaction(Caller("system:contracts", "system")) as session:
        await arm(session, SAY_AGAIN, UUID(int=0), context(session).now)
    await contracts.settle()
    assert await contracts.said(AgreementChanged) == [once, once]
