"""Changing customers and what they have, and taking it out of use: for one version, said again as a whole."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared.events.contracts import AssetChanged, CustomerChanged, KeyBusinessChanged, SiteChanged
from shared.permissions import Role
from tests.builders.installed import an_engineer, an_installed_base
from tests.harness import OneService, principal


async def test_a_change_is_made_for_the_version_it_names_and_said_as_a_whole(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    engineer = await an_engineer(base.contracts)
    address = f"{base.address}/assets/{base.ids['asset']}"
    change = {"warranty_until": "2028-12-31", "servicer_ids": [engineer], "criticality": "high"}
    changed = await base.admin.patch(address, json=change, headers={"If-Match": '"1"'})
    late = await base.admin.patch(address, json={"name": "Late"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["warranty_until"]) == (
        200,
        '"2"',
        "2028-12-31",
    )
    assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
    [_, said] = await base.contracts.said(AssetChanged)
    assert (said.name, str(said.warranty_until), [str(i) for i in said.servicer_ids]) == (
        "核心交换机",
        "2028-12-31",
        [engineer],
    )


async def test_null_ends_a_warranty_and_leaves_other_fields_alone(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    address = f"{base.address}/assets/{base.ids['asset']}"
    await base.admin.patch(address, json={"warranty_until": "2028-12-31"})
    await base.admin.patch(address, json={"warranty_until": None, "name": None})
    asset = (await base.admin.get(address)).json()
    assert (asset["warranty_until"], asset["name"], asset["version"]) == (None, "核心交换机", 3)


async def test_a_change_that_changes_nothing_is_not_said(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.patch(base.address, json={"name_en": "Example Hospital"})
    assert answer.json()["version"] == 1
    assert len(await base.contracts.said(CustomerChanged)) == 1


async def test_a_site_is_retired_only_when_nothing_in_service_stands_there(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    site, asset = f"{base.address}/sites/{base.ids['site']}", f"{base.address}/assets/{base.ids['asset']}"
    early = await base.admin.patch(site, json={"active": False})
    await base.admin.patch(asset, json={"state": "retired"})
    retired = await base.admin.patch(site, json={"active": False})
    back = await base.admin.patch(asset, json={"state": "in_service"})
    assert (early.status_code, early.json()["code"]) == (409, "site_in_use")
    assert (retired.status_code, retired.json()["active"]) == (200, False)
    assert (back.status_code, back.json()["code"]) == (409, "site_retired")
    assert [said.active for said in await base.contracts.said(SiteChanged)] == [True, False]
    assert [said.state for said in await base.contracts.said(AssetChanged)] == ["in_service", "retired"]


async def test_a_department_is_retired_only_without_key_businesses(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    business = {
        "name_zh": "挂号",
        "name_en": "Registration",
        "department_id": base.ids["department"],
        "asset_ids": [base.ids["asset"]],
        "dependence": "very_high",
        "tolerable_outage_seconds": 7200,
    }
    added = await base.post(f"{base.address}/key-businesses", business)
    department = f"{base.address}/departments/{base.ids['department']}"
    early = await base.admin.patch(department, json={"active": False})
    gone = await base.admin.patch(f"{base.address}/key-businesses/{added['id']}", json={"active": False})
    retired = await base.admin.patch(department, json={"active": False})
    assert (early.status_code, early.json()["code"]) == (409, "department_in_use")
    assert (gone.status_code, retired.status_code) == (200, 200)
    assert [said.active for said in await base.contracts.said(KeyBusinessChanged)] == [True, False]


async def test_a_serial_number_of_another_asset_is_refused(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    other = {"site_id": base.ids["site"], "name": "Storage", "product": "storage", "model": "X", "serial": "SN-2"}
    added = await base.post(f"{base.address}/assets", other)
    answer = await base.admin.patch(f"{base.address}/assets/{added['id']}", json={"serial": "SN-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "serial_taken")
    assert len(await base.contracts.said(AssetChanged)) == 2


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("sites", {"region": "Beijing"}, "site_not_found"),
        ("departments", {"locale": "en"}, "department_not_found"),
        ("assets", {"name": "Other"}, "asset_not_found"),
        ("key-businesses", {"name_en": "Other"}, "key_business_not_found"),
    ],
)
async def test_what_is_not_the_customers_is_not_found(
    one_service: OneService.Factory, kind: str, change: dict[str, str], code: str
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.patch(f"{base.address}/{kind}/{uuid4()}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_servicer_is_an_active_engineer(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    left = await an_engineer(base.contracts, active=False)
    keeper = await an_engineer(base.contracts, roles=("keeper",))
    for nobody in (left, keeper, str(uuid4())):
        change = {"servicer_ids": [nobody]}
        answer = await base.admin.patch(f"{base.address}/assets/{base.ids['asset']}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (404, "engineer_not_found")


async def test_only_an_administrator_changes_customers(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    own = principal(Role.CUSTOMER_USER, customer_id=base.customer_id)
    for who in (own, principal(Role.DESK)):
        async with base.contracts.as_(who) as client:
            assert (await client.patch(base.address, json={"active": False})).status_code == 403
    assert len(await base.contracts.said(CustomerChanged)) == 1
