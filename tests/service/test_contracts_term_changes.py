"""Changing the term of a contract: what it promised and counted stays, and its agreements go by the new term."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.events.contracts import AgreementChanged, ContractChanged
from shared.zones import zone_named
from tests.builders.installed import Installed, an_installed_base
from tests.harness import OneService

ZONE = zone_named("Asia/Shanghai")
VISITS = {"item_code": "fault_removal", "unit": "visits", "granted": 9}


async def signed(base: Installed, **draft: Any) -> dict[str, Any]:
    agreement = await base.post(f"{base.contract}/agreements", draft)
    for side in ("provider", "customer"):
        agreement = await base.post(f"/v1/agreements/{agreement['id']}/sign", {"side": side, "signed_by": side})
    return agreement


async def used_on(base: Installed, *days: str) -> None:
    entitlement = await base.post(f"{base.contract}/entitlements", VISITS)
    for day in days:
        use = {"amount": 1, "used_on": day, "reason": "by hand"}
        await base.post(f"/v1/entitlements/{entitlement['id']}/uses", use)


async def refusal(base: Installed, **change: str) -> tuple[int, str]:
    answer = await base.admin.patch(base.contract, json=change)
    return answer.status_code, answer.json()["code"]


async def test_a_longer_term_is_said_with_its_agreements(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    draft = await base.post(f"{base.contract}/agreements", {})
    agreement = await signed(base)
    changed = await base.admin.patch(base.contract, json={"ends_on": "2031-03-01"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["ends_on"], changed.json()["version"]) == (200, "2031-03-01", 2)
    assert [str(said.ends_on) for said in await base.contracts.said(ContractChanged)] == ["2029-03-01", "2031-03-01"]
    [_, said] = await base.contracts.said(AgreementChanged)
    assert (str(said.agreement_id), str(said.ends_on)) == (agreement["id"], "2031-03-01")
    for version in (draft, agreement):
        read = (await base.admin.get(f"/v1/agreements/{version['id']}")).json()
        assert read["provisional_years"][-1] == 2031


async def test_the_same_term_again_changes_nothing(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    again = await base.admin.patch(base.contract, json={"starts_on": "2026-03-01", "ends_on": "2029-03-01"})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert len(await base.contracts.said(ContractChanged)) == 1


@pytest.mark.parametrize(
    "change",
    [{"ends_on": "2026-03-01"}, {"starts_on": "2029-03-01"}, {"starts_on": "2027-01-01", "ends_on": "2026-12-31"}],
)
async def test_a_term_has_a_day(one_service: OneService.Factory, change: dict[str, str]) -> None:
    base = await an_installed_base(await one_service("contracts"))
    assert await refusal(base, **change) == (422, "term_empty")


async def test_before_anything_is_signed_or_used_a_term_is_corrected_freely(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.patch(base.contract, json={"starts_on": "2020-01-01", "ends_on": "2020-07-01"})
    assert answer.status_code == 200, answer.text


async def test_no_day_on_which_service_was_promised_is_left_out(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    today = (await base.contracts.now()).astimezone(ZONE).date()
    term = {"starts_on": str(today - timedelta(days=30)), "ends_on": str(today + timedelta(days=300))}
    assert (await base.admin.patch(base.contract, json=term)).status_code == 200
    await signed(base)
    await base.contracts.advance(days=10)
    assert await refusal(base, ends_on=str(today + timedelta(days=9))) == (409, "promised_then")
    assert await refusal(base, starts_on=str(today + timedelta(days=1))) == (409, "promised_then")
    ended = await base.admin.patch(base.contract, json={"ends_on": str(today + timedelta(days=11))})
    assert ended.status_code == 200, ended.text


async def test_what_was_used_counts_in_the_year_it_counted_in(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await base.contracts.advance(days=365)
    await used_on(base, "2026-05-01", "2027-05-01")
    for change in ({"starts_on": "2026-05-02"}, {"starts_on": "2025-04-01"}, {"ends_on": "2027-05-01"}):
        assert await refusal(base, **change) == (409, "used_then")
    earlier = await base.admin.patch(base.contract, json={"starts_on": "2026-02-01", "ends_on": "2027-05-02"})
    assert earlier.status_code == 200, earlier.text


async def test_years_that_are_described_lie_in_the_new_term(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    years = [{"year": year, "on_site": True, "remote": True} for year in (1, 3)]
    await base.admin.patch(base.contract, json={"years": years})
    assert await refusal(base, ends_on="2028-03-01") == (422, "year_outside_term")
    both = await base.admin.patch(base.contract, json={"ends_on": "2028-03-01", "years": years[:1]})
    assert both.status_code == 200, both.text


async def test_a_term_beyond_what_calendars_reach_is_refused(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await signed(base)
    status, code = await refusal(base, ends_on="2199-12-31")
    assert (status, code) == (422, "target_beyond_calendar")
    assert (await base.admin.get(base.contract)).json()["ends_on"] == "2029-03-01"
