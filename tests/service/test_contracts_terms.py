"""What an agreement says beside its figures: calendar, warnings, pauses, closing, priorities, amendment, withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.events.contracts import AgreementChanged
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.contracts import (
    NO_BREAK,
    OFFICE,
    WITHDRAWAL,
    a_calendar,
    a_chinese_calendar,
    a_contract,
    a_draft,
    signed,
)
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
PRIORITIES = {
    impact: dict.fromkeys(("high", "medium", "low"), "critical" if impact == "high" else "low")
    for impact in ("high", "medium", "low")
}
TERMS = {
    "applies_to_open": True,
    "warning_percents": [60, 95],
    "warn_before_seconds": [600, 3600],
    "pause_reasons": ["site_closed", "agreed_window"],
    "pause_cap_seconds": 86400,
    "close_after_days": 10,
    "priorities": PRIORITIES,
}
USUAL = {
    "applies_to_open": False,
    "warning_percents": [],
    "warn_before_seconds": [],
    "pause_reasons": ["waiting_for_customer"],
    "pause_cap_seconds": None,
    "close_after_days": 5,
    "priorities": {
        "high": {"high": "critical", "medium": "high", "low": "medium"},
        "medium": {"high": "high", "medium": "medium", "low": "medium"},
        "low": {"high": "medium", "medium": "low", "low": "low"},
    },
}


def terms_of(agreement: dict[str, Any]) -> dict[str, Any]:
    return {name: agreement[name] for name in TERMS}


async def test_what_is_agreed_is_said_in_full(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin, provisional_years=[2025, 2028, 2029])
        drafted = await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"], **TERMS)
        in_force = (await signed(admin, drafted)).json()
    assert terms_of(drafted) == TERMS
    assert drafted["in_force_at"] is None
    assert in_force["in_force_at"] == in_force["customer_signed_at"]
    [said] = await contracts.said(AgreementChanged)
    told = said.model_dump(mode="json")
    assert terms_of(told) == TERMS
    assert (told["calendar_id"], told["calendar"]) == (calendar["id"], NO_BREAK)
    assert told["provisional_years"] == in_force["provisional_years"] == [2028], "those of the term only"
    assert (told["in_force"], told["withdrawn"]) == (True, False)


async def test_left_out_terms_are_the_usual_ones(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        drafted = await a_draft(admin, await a_contract(admin))
    assert terms_of(drafted) == USUAL


async def test_nothing_agreed_is_nothing_and_not_the_usual(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        drafted = await a_draft(admin, await a_contract(admin), pause_reasons=[], close_after_days=None)
    assert (drafted["pause_reasons"], drafted["close_after_days"]) == ([], None)


async def test_the_usual_calendar_has_chinas_days_of_the_announced_years_of_the_term(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        drafted = await a_draft(admin, await a_contract(admin))
        of_2025 = await a_draft(
            admin, await a_contract(admin, number="C-2", starts_on="2025-01-01", ends_on="2026-01-01")
        )
    days = drafted["calendar"]["exceptions"]
    assert (days["2026-10-01"], days["2026-10-10"]) == ([], OFFICE)
    assert {day[:4] for day in days} == {"2026"}
    assert (drafted["provisional_years"], drafted["calendar_id"]) == ([2027, 2028], None)
    assert {day[:4] for day in of_2025["calendar"]["exceptions"]} == {"2025"}
    assert of_2025["provisional_years"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"warning_percents": [0]},
        {"warning_percents": [100]},
        {"warn_before_seconds": [0]},
        {"pause_reasons": ["waiting_for_parts"]},
        {"pause_cap_seconds": 0},
        {"close_after_days": 0},
        {"priorities": {"high": PRIORITIES["high"], "medium": PRIORITIES["medium"]}},
        {"priorities": PRIORITIES | {"low": {"high": "low", "medium": "low"}}},
        {"priorities": PRIORITIES | {"low": PRIORITIES["low"] | {"low": "none"}}},
        {"targets": [{"severity": "general", "kind": "lunch", "amount": 60, "unit": "seconds"}]},
    ],
)
async def test_terms_that_say_nothing_are_refused(one_service: OneService.Factory, given: dict[str, Any]) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        address = f"/v1/contracts/{(await a_contract(admin))['id']}/agreements"
        answer = await admin.post(address, json=given)
        drafts = (await admin.get(address)).json()
    assert (answer.status_code, answer.json()["code"], drafts) == (422, "invalid_input", [])


async def test_updates_and_external_parties_may_be_promised(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    targets = [
        {"severity": "major", "kind": kind, "amount": 7200, "unit": "working_seconds"}
        for kind in ("next_update", "vendor")
    ]
    async with contracts.as_(ADMIN) as admin:
        await signed(admin, await a_draft(admin, await a_contract(admin), targets=targets))
    [said] = await contracts.said(AgreementChanged)
    assert [target.kind for target in said.targets] == ["next_update", "vendor"]


async def test_a_calendar_is_given_once(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2026, 2028)
        address = f"/v1/contracts/{(await a_contract(admin))['id']}/agreements"
        both = await admin.post(address, json={"calendar_id": calendar["id"], "calendar": NO_BREAK})
        unknown = await admin.post(address, json={"calendar_id": str(uuid4())})
        drafts = (await admin.get(address)).json()
    assert (both.status_code, both.json()["code"]) == (422, "calendar_given_twice")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "calendar_not_found")
    assert drafts == []


async def test_a_signature_is_noted_with_the_version_that_was_signed(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        await signed(admin, await a_draft(admin, await a_contract(admin)))
    audit = tables_of("contracts")["audit"]
    entries = await contracts.rows(select(audit).where(audit.c.action == "sign_agreement").order_by(audit.c.number))
    assert [(entry.after["side"], entry.information) for entry in entries] == [
        ("provider", {"revision": 1, "version": 1}),
        ("customer", {"revision": 1, "version": 2}),
    ]


async def test_what_both_sides_withdraw_promises_nothing_more(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        agreement = await a_draft(admin, await a_contract(admin))
        await signed(admin, agreement)
        address = f"/v1/agreements/{agreement['id']}"
        withdrawn = (await admin.post(f"{address}/withdraw", json=WITHDRAWAL)).json()
        again = await admin.post(f"{address}/withdraw", json=WITHDRAWAL)
        late = await admin.post(f"{address}/sign", json={"side": "provider", "signed_by": "Demo"})
    assert withdrawn["state"] == "withdrawn"
    assert withdrawn["withdrawn_at"] > withdrawn["in_force_at"]
    assert (withdrawn["withdrawn_because"], withdrawn["withdrawn_by_customer"]) == ("Entered by mistake.", "Customer")
    assert [(said.in_force, said.withdrawn) for said in await contracts.said(AgreementChanged)] == [
        (True, False),
        (False, True),
    ]
    assert {(refused.status_code, refused.json()["code"]) for refused in (again, late)} == {(409, "illegal_move")}


async def test_after_a_withdrawal_another_version_comes_into_force(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        first = await a_draft(admin, contract)
        await signed(admin, first)
        await admin.post(f"/v1/agreements/{first['id']}/withdraw", json=WITHDRAWAL)
        await signed(admin, await a_draft(admin, contract))
        listed = (await admin.get(f"/v1/contracts/{contract['id']}/agreements")).json()
    assert {agreement["revision"]: agreement["state"] for agreement in listed} == {1: "withdrawn", 2: "in_force"}


@pytest.mark.parametrize("missing", ["reason", "provider_signed_by", "customer_signed_by"])
async def test_a_withdrawal_has_a_reason_and_both_names(one_service: OneService.Factory, missing: str) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        agreement = await a_draft(admin, await a_contract(admin))
        await signed(admin, agreement)
        address = f"/v1/agreements/{agreement['id']}"
        given = {name: value for name, value in WITHDRAWAL.items() if name != missing}
        answer = await admin.post(f"{address}/withdraw", json=given)
        after = (await admin.get(address)).json()
    assert (answer.status_code, answer.json()["code"], after["state"]) == (422, "invalid_input", "in_force")


async def test_a_draft_cannot_be_withdrawn_and_an_outdated_version_not_either(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        agreement = await a_draft(admin, await a_contract(admin))
        address = f"/v1/agreements/{agreement['id']}/withdraw"
        draft = await admin.post(address, json=WITHDRAWAL)
        await signed(admin, agreement)
        stale = await admin.post(address, json=WITHDRAWAL, headers={"If-Match": '"1"'})
    assert (draft.status_code, draft.json()["code"], draft.json()["allowed"]) == (409, "illegal_move", ["sign"])
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")


async def test_a_foreign_agreement_is_not_found_and_others_may_not_withdraw(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        agreement = await a_draft(admin, contract)
    address = f"/v1/agreements/{agreement['id']}"
    stranger = principal(Role.CUSTOMER_USER, customer_id=uuid4())
    own = principal(Role.CUSTOMER_USER, customer_id=contract["customer_id"])
    async with contracts.as_(stranger) as client:
        foreign = await client.get(address)
    async with contracts.as_(own) as client:
        read, refused = await client.get(address), await client.post(f"{address}/withdraw", json=WITHDRAWAL)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "agreement_not_found")
    assert (read.status_code, refused.status_code) == (200, 403)


async def test_drafts_are_not_said_again(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        contract = await a_contract(admin)
        agreement = await a_draft(admin, contract)
        await signed(admin, agreement)
        await a_draft(admin, contract, applies_to_open=True)
    await contracts.republish()
    assert {str(said.agreement_id) for said in await contracts.said(AgreementChanged)} == {agreement["id"]}
