"""A corrected calendar holds for every version drawn from it: all but drafts are said again, and nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from shared.events.contracts import AgreementChanged
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.contracts import (
    MINUTE_A_WEEK,
    NO_BREAK,
    WITHDRAWAL,
    a_calendar,
    a_chinese_calendar,
    a_contract,
    a_draft,
    signed,
)
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
CHRISTMAS = NO_BREAK | {"exceptions": {"2026-12-25": []}}
CORRECTION = {"data": CHRISTMAS, "reason": "The customer is closed at Christmas."}


async def test_every_version_that_counts_is_said_again_with_the_corrected_calendar(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar, other = await a_calendar(admin), await a_calendar(admin)
        contract = await a_contract(admin)
        former, latest = [await a_draft(admin, contract, calendar_id=calendar["id"]) for _ in range(2)]
        for agreement in (former, latest):
            await signed(admin, agreement)
        draft = await a_draft(admin, contract, calendar_id=calendar["id"])
        elsewhere = await a_draft(admin, await a_contract(admin, number="C-2"), calendar_id=other["id"])
        await signed(admin, elsewhere)
        before = len(await contracts.said(AgreementChanged))
        answer = await admin.post(f"/v1/calendars/{calendar['id']}/correct", json=CORRECTION)
        drafted = (await admin.get(f"/v1/agreements/{draft['id']}")).json()
    assert answer.status_code == 200, answer.text
    assert [(followed["id"], followed["state"]) for followed in answer.json()["agreements"]] == [
        (former["id"], "superseded"),
        (latest["id"], "in_force"),
        (draft["id"], "draft"),
    ]
    said = (await contracts.said(AgreementChanged))[before:]
    assert [(str(event.agreement_id), event.in_force) for event in said] == [
        (former["id"], False),
        (latest["id"], True),
    ]
    assert {str(event.calendar_id) for event in said} == {calendar["id"]}
    assert all(event.calendar == CHRISTMAS for event in said)
    assert (drafted["calendar"], drafted["version"]) == (CHRISTMAS, 2)


async def test_a_correction_reaches_the_agreements_of_all_customers(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        for number in ("C-1", "C-2", "C-3"):
            await signed(
                admin, await a_draft(admin, await a_contract(admin, number=number), calendar_id=calendar["id"])
            )
        before = len(await contracts.said(AgreementChanged))
        await admin.post(f"/v1/calendars/{calendar['id']}/correct", json=CORRECTION)
    said = (await contracts.said(AgreementChanged))[before:]
    assert (len(said), len({event.customer_id for event in said})) == (3, 3)


async def test_what_was_withdrawn_follows_no_more(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        agreement = await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"])
        await signed(admin, agreement)
        await admin.post(f"/v1/agreements/{agreement['id']}/withdraw", json=WITHDRAWAL)
        before = len(await contracts.said(AgreementChanged))
        answer = await admin.post(f"/v1/calendars/{calendar['id']}/correct", json=CORRECTION)
    assert answer.json()["agreements"] == []
    assert len(await contracts.said(AgreementChanged)) == before


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (NO_BREAK | {"week": [[]] * 7}, "invalid_calendar"),
        (NO_BREAK | {"exceptions": {"2200-01-01": []}}, "invalid_calendar"),
        (MINUTE_A_WEEK, "target_beyond_calendar"),
    ],
)
async def test_a_correction_that_cannot_hold_changes_nothing(
    one_service: OneService.Factory, data: dict[str, Any], code: str
) -> None:
    contracts = await one_service("contracts")
    target = {"severity": "general", "kind": "resolve", "amount": 31_622_400, "unit": "working_seconds"}
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        agreement = await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"], targets=[target])
        await signed(admin, agreement)
        before = await contracts.said(AgreementChanged)
        path = f"/v1/calendars/{calendar['id']}"
        refused = await admin.post(f"{path}/correct", json={"data": data, "reason": "Shorter."})
        after = (await admin.get(path)).json()
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert after == calendar
    assert await contracts.said(AgreementChanged) == before


async def test_a_correction_of_an_outdated_version_is_refused(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        path = f"/v1/calendars/{(await a_calendar(admin))['id']}"
        tag = (await admin.get(path)).headers["etag"]
        first = await admin.post(f"{path}/correct", json=CORRECTION, headers={"If-Match": tag})
        stale = await admin.post(f"{path}/correct", json={"data": NO_BREAK, "reason": "x"}, headers={"If-Match": tag})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")


async def test_a_correction_needs_a_reason_and_is_noted_with_it(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        agreement = await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"])
        path = f"/v1/calendars/{calendar['id']}/correct"
        without = await admin.post(path, json={"data": CHRISTMAS, "reason": " "})
        await admin.post(path, json=CORRECTION)
    audit = tables_of("contracts")["audit"]
    entries = await contracts.rows(select(audit).where(audit.c.action.in_(["correct_calendar", "follow_correction"])))
    assert without.status_code == 422
    assert {entry.subject for entry in entries} == {calendar["id"], agreement["id"]}
    for entry in entries:
        assert entry.information["reason"] == CORRECTION["reason"]
        changed = entry.after.get("data") or entry.after["calendar"]
        assert changed["exceptions"] == {"2026-12-25": []}
        assert (entry.before.get("data") or entry.before["calendar"])["exceptions"] == {}


async def test_a_correction_that_says_the_same_says_nothing(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        await signed(admin, await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"]))
        before = len(await contracts.said(AgreementChanged))
        same = {"data": {name: NO_BREAK[name] for name in ("zone", "week")}, "reason": "To be sure."}
        answer = await admin.post(f"/v1/calendars/{calendar['id']}/correct", json=same)
    assert (answer.json()["calendar"]["version"], answer.json()["agreements"]) == (1, [])
    assert len(await contracts.said(AgreementChanged)) == before


async def test_an_extension_adds_years_and_tells_which_are_provisional(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2025, 2025)
        agreement = await a_draft(admin, await a_contract(admin), calendar_id=calendar["id"])
        await signed(admin, agreement)
        before = len(await contracts.said(AgreementChanged))
        path = f"/v1/calendars/{calendar['id']}/extend"
        longer = (await admin.post(path, json={"to_year": 2027, "reason": "The term is longer."})).json()
        again = (await admin.post(path, json={"to_year": 2026, "reason": "Again."})).json()
    assert longer["calendar"]["data"]["exceptions"]["2026-10-01"] == []
    assert (longer["calendar"]["last_year"], longer["calendar"]["provisional_years"]) == (2027, [2027])
    assert again["calendar"] == longer["calendar"]
    [said] = (await contracts.said(AgreementChanged))[before:]
    assert (said.calendar, said.provisional_years) == (longer["calendar"]["data"], (2027, 2028))


async def test_a_year_that_was_announced_meanwhile_is_provisional_no_more(one_service: OneService.Factory) -> None:
    """As a calendar is that was made before the days of its last year were known."""
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2026, 2026)
        path = f"/v1/calendars/{calendar['id']}"
        guess = {"data": NO_BREAK, "provisional_years": [2026], "reason": "As it was known a year ago."}
        earlier = (await admin.post(f"{path}/correct", json=guess)).json()["calendar"]
        grown = (await admin.post(f"{path}/extend", json={"to_year": 2026, "reason": "Announced."})).json()["calendar"]
    assert (earlier["provisional_years"], grown["provisional_years"]) == ([2026], [])
    assert grown["data"]["exceptions"].keys() == calendar["data"]["exceptions"].keys()


async def test_a_calendar_made_by_hand_follows_no_public_holidays(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        path = f"/v1/calendars/{(await a_calendar(admin))['id']}/extend"
        answer = await admin.post(path, json={"to_year": 2028, "reason": "Announced."})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_by_public_holidays")


async def test_no_version_misses_a_correction_however_both_come_at_once(one_service: OneService.Factory) -> None:
    """Drafts, signatures and corrections of one calendar at the same time: in the end all have its last days."""
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
        agreements = [
            await a_draft(admin, await a_contract(admin, number=f"C-{number}"), calendar_id=calendar["id"])
            for number in range(3)
        ]
        path = f"/v1/calendars/{calendar['id']}"
        corrections = [
            admin.post(f"{path}/correct", json={"data": NO_BREAK | {"exceptions": {day: []}}, "reason": day})
            for day in ("2026-12-24", "2026-12-25")
        ]
        drafts = [
            admin.post(f"/v1/contracts/{agreement['contract_id']}/agreements", json={"calendar_id": calendar["id"]})
            for agreement in agreements
        ]
        answers = await asyncio.gather(*corrections, *drafts, *(signed(admin, agreement) for agreement in agreements))
        final = (await admin.get(path)).json()["data"]
        versions = [
            version
            for agreement in agreements
            for version in (await admin.get(f"/v1/contracts/{agreement['contract_id']}/agreements")).json()
        ]
    assert {answer.status_code for answer in answers} == {200, 201}
    assert len(versions) == 6
    assert all(version["calendar"] == final for version in versions)
    last = {event.agreement_id: event for event in await contracts.said(AgreementChanged)}
    assert [event.calendar for event in last.values()] == [final] * 3
