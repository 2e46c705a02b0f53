"""What a contract covers, the catalogue it chooses from, and what it grants: counted down, never refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from uuid_utils.compat import uuid7

from shared.events.contracts import (
    AgreementChanged,
    CatalogueItemChanged,
    ContractChanged,
    EntitlementExhausted,
    EntitlementUsed,
)
from shared.events.incidents import TimeSpent, TimeWithdrawn, VisitCompleted
from shared.mechanisms import tables_of
from shared.permissions import Role
from shared.service_items import ServiceItem
from tests.builders.installed import Installed, an_engineer, an_installed_base
from tests.harness import OneService, principal

EIGHT = [
    "configuration_optimisation",
    "patch_upgrade",
    "fault_removal",
    "problem_escalation",
    "health_check",
    "performance_optimisation",
    "special_period_guarantee",
    "assisted_localisation",
]
TWO_VISITS = {"item_code": "fault_removal", "unit": "visits", "granted": 2}


async def granted(base: Installed, grant: dict[str, Any]) -> dict[str, Any]:
    return await base.post(f"{base.contract}/entitlements", grant)


async def years(base: Installed) -> list[dict[str, Any]]:
    [entitlement] = (await base.admin.get(f"{base.contract}/entitlements")).json()
    found: list[dict[str, Any]] = entitlement["years"]
    return found


def a_visit(base: Installed, **changes: Any) -> VisitCompleted:
    visit = {
        "visit_id": uuid7(),
        "incident_id": uuid7(),
        "customer_id": base.customer_id,
        "engineer_id": uuid7(),
        "engineer_name": "李伟",
        "service_record": "Replaced the power module.",
        "signed_by": "Wu Min",
        "completed_at": datetime(2027, 2, 28, 2, 0, tzinfo=UTC),
        "contract_number": "C-2026-1",
    }
    return VisitCompleted.model_validate(visit | changes)


async def test_the_catalogue_has_its_eight_items(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(principal(Role.CUSTOMER_USER, customer_id=uuid7())) as client:
        items = (await client.get("/v1/catalogue")).json()
    assert [item["code"] for item in items] == EIGHT == [*ServiceItem]
    assert all(item["scope_zh"] and item["scope_en"] and item["skills"] and item["targets"] for item in items)


async def test_an_administrator_edits_an_item(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    change = {"modes": ["remote"], "skills": ["storage"]}
    async with contracts.as_(principal(Role.ADMINISTRATOR)) as admin, contracts.as_(principal(Role.DESK)) as desk:
        refused = await desk.patch("/v1/catalogue/health_check", json=change)
        changed = await admin.patch("/v1/catalogue/health_check", json=change, headers={"If-Match": '"1"'})
        late = await admin.patch("/v1/catalogue/health_check", json=change, headers={"If-Match": '"1"'})
        unknown = await admin.patch("/v1/catalogue/coffee", json=change)
    assert (refused.status_code, changed.status_code, late.status_code) == (403, 200, 412)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "item_not_found")
    [said] = await contracts.said(CatalogueItemChanged)
    assert (said.code, said.modes, said.skills) == ("health_check", ("remote",), ("storage",))


async def test_cover_is_said_with_the_contract_and_with_its_agreements(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    agreement = await base.post(f"{base.contract}/agreements", {})
    for side in ("provider", "customer"):
        await base.post(f"/v1/agreements/{agreement['id']}/sign", {"side": side, "signed_by": side})
    cover = {
        "asset_ids": [base.ids["asset"]],
        "item_codes": ["fault_removal", "health_check"],
        "engineer_ids": [await an_engineer(base.contracts)],
        "years": [{"year": 1, "on_site": True, "remote": True, "text_zh": "驻场", "text_en": "On site"}],
    }
    changed = await base.admin.patch(base.contract, json=cover, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["item_codes"]) == (200, ["fault_removal", "health_check"])
    [_, contract] = await base.contracts.said(ContractChanged)
    assert (contract.years[0].text_zh, len(contract.engineer_ids)) == ("驻场", 1)
    [signed, said] = await base.contracts.said(AgreementChanged)
    assert (signed.asset_ids, [str(i) for i in said.asset_ids]) == ((), [base.ids["asset"]])


async def test_engineers_and_years_leave_agreements_unsaid(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    year = {"year": 3, "on_site": False, "remote": True}
    assert (await base.admin.patch(base.contract, json={"years": [year]})).status_code == 200
    assert await base.contracts.said(AgreementChanged) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"site_ids": [str(uuid4())]}, 404, "site_not_found"),
        ({"asset_ids": [str(uuid4())]}, 404, "asset_not_found"),
        ({"item_codes": ["coffee"]}, 404, "item_not_found"),
        ({"engineer_ids": [str(uuid4())]}, 404, "engineer_not_found"),
        ({"years": [{"year": 4, "on_site": True, "remote": True}]}, 422, "year_outside_term"),
        ({"years": [{"year": 1, "on_site": True, "remote": True}] * 2}, 422, "year_repeated"),
    ],
)
async def test_a_cover_that_cannot_be_is_refused(
    one_service: OneService.Factory, change: dict[str, Any], status: int, code: str
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.patch(base.contract, json=change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(await base.contracts.said(ContractChanged)) == 1


async def test_a_visit_is_counted_once_however_often_it_is_told(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await granted(base, TWO_VISITS)
    told, again = a_visit(base), uuid7()
    for _ in range(2):
        await base.contracts.hear(told, event_id=again)
    assert [(year["year"], year["used"], year["left"]) for year in await years(base)] == [
        (1, 1, 1),
        (2, 0, 2),
        (3, 0, 2),
    ]
    [said] = await base.contracts.said(EntitlementUsed)
    assert (said.incident_id, said.left, said.sentence("en")) == (
        told.incident_id,
        1,
        "Counted against contract C-2026-1, year 1: visits 1",
    )


async def test_what_is_used_up_is_said_once_and_nobody_is_refused(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await granted(base, TWO_VISITS)
    for _ in range(3):
        await base.contracts.hear(a_visit(base))
    first = (await years(base))[0]
    assert (first["used"], first["left"], first["overdrawn"]) == (3, -1, True)
    [exhausted] = await base.contracts.said(EntitlementExhausted)
    assert (exhausted.year, exhausted.granted, exhausted.used) == (1, 2, 2)


async def test_a_year_begins_where_the_contract_is_and_a_late_visit_counts_in_the_last(
    one_service: OneService.Factory,
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await granted(base, TWO_VISITS)
    await base.contracts.hear(a_visit(base, completed_at=datetime(2027, 2, 28, 17, 0, tzinfo=UTC)))
    await base.contracts.hear(a_visit(base, completed_at=datetime(2029, 6, 1, tzinfo=UTC)))
    assert [year["used"] for year in await years(base)] == [0, 1, 1]


@pytest.mark.parametrize("change", [{"contract_number": None}, {"contract_number": "C-UNKNOWN"}])
async def test_a_visit_under_no_contract_counts_against_none(
    one_service: OneService.Factory, change: dict[str, Any]
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await granted(base, TWO_VISITS)
    await base.contracts.hear(a_visit(base, **change))
    assert await base.contracts.said(EntitlementUsed) == []


async def test_hours_are_used_by_hand_with_a_reason(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    entitlement = await granted(base, {"item_code": "performance_optimisation", "unit": "hours", "granted": 10})
    uses = f"/v1/entitlements/{entitlement['id']}/uses"
    await base.post(uses, {"amount": 2.25, "used_on": "2026-05-01", "reason": "Tuned the database"})
    uneven = await base.admin.post(uses, json={"amount": 0.333, "used_on": "2026-05-01", "reason": "x"})
    early = await base.admin.post(uses, json={"amount": 1, "used_on": "2026-02-28", "reason": "x"})
    day_after_tomorrow = (await base.contracts.now()).date() + timedelta(days=2)
    ahead = await base.admin.post(uses, json={"amount": 1, "used_on": f"{day_after_tomorrow}", "reason": "x"})
    async with base.user() as client:
        [line] = (await client.get(uses)).json()
    assert (line["amount"], line["reason"], line["year"]) == (2.25, "Tuned the database", 1)
    assert (await years(base))[0]["left"] == 7.75
    assert (uneven.status_code, uneven.json()["code"]) == (422, "amount_not_whole")
    assert (early.status_code, early.json()["code"]) == (422, "day_outside_term")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "not_yet_used")


async def test_uses_at_the_same_time_are_all_counted(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    entitlement = await granted(base, TWO_VISITS)
    use = {"amount": 1, "used_on": "2026-05-01", "reason": "by hand"}
    uses = f"/v1/entitlements/{entitlement['id']}/uses"
    answers = await asyncio.gather(*(base.admin.post(uses, json=use) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await base.contracts.said(EntitlementExhausted)) == 1
    assert [said.left for said in await base.contracts.said(EntitlementUsed)] == [1, 0, -1, -2]


async def test_grants_are_the_administrators_and_seen_by_the_customer_only(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    base, other = await an_installed_base(contracts), await an_installed_base(contracts, number="C-2026-2")
    entitlement = await granted(base, TWO_VISITS)
    again = await base.admin.post(f"{base.contract}/entitlements", json=TWO_VISITS)
    assert (again.status_code, again.json()["code"]) == (409, "granted_already")
    async with base.user() as own, other.user() as foreign:
        assert (await own.post(f"{base.contract}/entitlements", json=TWO_VISITS)).status_code == 403
        assert (await foreign.get(f"{base.contract}/entitlements")).status_code == 404
        assert (await foreign.get(f"/v1/entitlements/{entitlement['id']}/uses")).status_code == 404


async def test_a_grant_is_changed_but_not_below_what_was_used(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    address = f"/v1/entitlements/{(await granted(base, TWO_VISITS))['id']}"
    for _ in range(2):
        await base.contracts.hear(a_visit(base))
    more = await base.admin.patch(address, json={"granted": 5}, headers={"If-Match": '"1"'})
    late = await base.admin.patch(address, json={"granted": 4}, headers={"If-Match": '"1"'})
    less = await base.admin.patch(address, json={"granted": 1})
    back = await base.admin.patch(address, json={"granted": 2})
    assert (more.json()["years"][0]["left"], more.headers["etag"]) == (3, '"2"')
    assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
    assert (less.status_code, less.json()["code"], less.json()["year"]) == (409, "used_already", 1)
    assert [year["left"] for year in back.json()["years"]] == [0, 2, 2]


async def test_an_overdrawn_grant_may_still_grow(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    address = f"/v1/entitlements/{(await granted(base, TWO_VISITS))['id']}"
    for _ in range(4):
        await base.contracts.hear(a_visit(base))
    grown = await base.admin.patch(address, json={"granted": 3})
    assert (grown.status_code, grown.json()["years"][0]["left"]) == (200, -1)


async def test_nothing_counts_against_a_withdrawn_grant(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    address = f"/v1/entitlements/{(await granted(base, TWO_VISITS))['id']}"
    await base.contracts.hear(a_visit(base))
    withdrawn = await base.post(f"{address}/withdraw", {"reason": "Entered for the wrong contract"})
    await base.contracts.hear(a_visit(base))
    assert (withdrawn["withdrawal"], (await years(base))[0]["used"]) == ("Entered for the wrong contract", 1)
    use = {"amount": 1, "used_on": "2026-05-01", "reason": "by hand"}
    refused = [
        await base.admin.patch(address, json={"granted": 5}),
        await base.admin.post(f"{address}/withdraw", json={"reason": "Again"}),
        await base.admin.post(f"{address}/uses", json=use),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(409, "grant_withdrawn")}
    assert (await granted(base, TWO_VISITS))["years"][0]["used"] == 0


async def test_a_grant_is_changed_by_who_may_only(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    base = await an_installed_base(contracts)
    address = f"/v1/entitlements/{(await granted(base, TWO_VISITS))['id']}"
    async with base.user() as user, contracts.as_(principal(Role.DESK)) as desk:
        for client in (user, desk):
            assert (await client.patch(address, json={"granted": 9})).status_code == 403
            assert (await client.post(f"{address}/withdraw", json={"reason": "x"})).status_code == 403
    missing = await base.admin.patch(f"/v1/entitlements/{uuid4()}", json={"granted": 9})
    assert (missing.status_code, missing.json()["code"]) == (404, "entitlement_not_found")


async def test_a_visit_counts_for_the_item_it_was_made_for(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await granted(base, TWO_VISITS)
    await granted(base, TWO_VISITS | {"item_code": "health_check"})
    await base.contracts.hear(a_visit(base, service_item="health_check"))
    await base.contracts.hear(a_visit(base, service_item="patch_upgrade"))
    entitlements = (await base.admin.get(f"{base.contract}/entitlements")).json()
    assert [(each["item_code"], each["years"][0]["used"]) for each in entitlements] == [
        ("fault_removal", 0),
        ("health_check", 1),
    ]


def hours_of(base: Installed, **changes: Any) -> dict[str, Any]:
    spent = {
        "entry_id": uuid7(),
        "incident_id": uuid7(),
        "customer_id": base.customer_id,
        "contract_number": "C-2026-1",
        "minutes": 90,
        "work": "remote",
        "person_id": uuid7(),
        "person_name": "李伟",
        "spent_on": date(2026, 5, 1),
        "service_item": "performance_optimisation",
    }
    return spent | changes


def taken_back(spent: dict[str, Any]) -> TimeWithdrawn:
    withdrawn = {"reason_given": "Another incident", "withdrawn_at": datetime(2026, 5, 2, tzinfo=UTC)}
    return TimeWithdrawn.model_validate(spent | withdrawn)


async def test_hours_count_for_their_item_and_are_taken_back_where_they_were_counted(
    one_service: OneService.Factory,
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    hours = {"item_code": "performance_optimisation", "unit": "hours", "granted": 10}
    first, spent = await granted(base, hours), hours_of(base)
    await base.contracts.hear(TimeSpent.model_validate(spent))
    await base.contracts.hear(TimeSpent.model_validate(hours_of(base, service_item="health_check")))
    assert (await years(base))[0]["used"] == 1.5
    await base.post(f"/v1/entitlements/{first['id']}/withdraw", {"reason": "Granted anew"})
    await granted(base, hours)
    await base.contracts.hear(taken_back(spent))
    entitlements = (await base.admin.get(f"{base.contract}/entitlements")).json()
    assert [each["years"][0]["used"] for each in entitlements] == [0, 0]
    lines = (await base.admin.get(f"/v1/entitlements/{first['id']}/uses")).json()
    assert [line["amount"] for line in lines] == [-1.5, 1.5]


async def test_what_was_never_counted_is_not_taken_back(one_service: OneService.Factory) -> None:
    """The hours were spent before they were granted."""
    base = await an_installed_base(await one_service("contracts"))
    spent = hours_of(base)
    await base.contracts.hear(TimeSpent.model_validate(spent))
    await granted(base, {"item_code": "performance_optimisation", "unit": "hours", "granted": 10})
    await base.contracts.hear(taken_back(spent))
    assert (await years(base))[0]["used"] == 0


async def test_time_before_the_term_is_counted_in_no_year(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    grant = await granted(base, {"item_code": "performance_optimisation", "unit": "hours", "granted": 10})
    for day in (date(2020, 3, 1), date(1, 1, 1)):
        await base.contracts.hear(TimeSpent.model_validate(hours_of(base, spent_on=day)))
    await base.contracts.hear(TimeSpent.model_validate(hours_of(base)))
    assert [line["year"] for line in (await base.admin.get(f"/v1/entitlements/{grant['id']}/uses")).json()] == [1]


async def test_who_spent_the_time_is_told_among_the_providers_people_only(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    grant = await granted(base, {"item_code": "performance_optimisation", "unit": "hours", "granted": 10})
    spent = hours_of(base)
    person = f"person:{uuid7()}"
    await base.contracts.hear(TimeSpent.model_validate(spent), actor=person)
    await base.contracts.hear(taken_back(spent), actor=person)
    uses = f"/v1/entitlements/{grant['id']}/uses"
    told = (await base.admin.get(uses)).json()
    async with base.user() as user:
        seen = (await user.get(uses)).json()
    assert [(line["reason"], line["by"]) for line in told] == [("Another incident", person), ("李伟", person)]
    assert [(line["reason"], line["by"], line["amount"]) for line in seen] == [(None, None, -1.5), (None, None, 1.5)]
    await base.contracts.settle()
    noted = [str(row) for row in await base.contracts.rows(tables_of("contracts")["audit"].select())]
    said = [envelope.model_dump_json() for envelope in base.contracts.bus.published]
    assert [entry for entry in (*noted, *said) for own in ("李伟", "Another incident", person) if own in entry] == []
    counted = [envelope.actor for envelope in base.contracts.bus.published if envelope.type == EntitlementUsed.type]
    assert counted == ["system:contracts"] * 2
