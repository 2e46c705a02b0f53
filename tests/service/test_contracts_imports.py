"""Importing customers, sites and assets from a file: judged row by row, written whole or not at all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared.events.contracts import AssetChanged, CustomerChanged, SiteChanged
from shared.permissions import Role
from tests.builders.installed import ADMIN, Installed, an_engineer, an_installed_base
from tests.harness import OneService, principal

CSV = {"Content-Type": "text/csv"}
HEADER = "站点,名称,产品,型号,序列号,重要程度,保修截止"
TWO = f"{HEADER}\n主机房,核心交换机,switch,S-9000,SN-1,高,2028/12/31\nMain computer room,存储,storage,X-1,SN-2,,\n"


async def imported(base: Installed, text: str | bytes, kind: str = "assets", **params: str) -> dict[str, object]:
    content = text.encode() if isinstance(text, str) else text
    answer = await base.admin.post(f"{base.address}/{kind}:import", content=content, params=params, headers=CSV)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def outcomes(answer: dict[str, object]) -> list[tuple[object, object]]:
    rows = answer["rows"]
    assert isinstance(rows, list)
    return [(row["outcome"], row["code"]) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_assets_are_created_and_updated_by_their_serial_number(
    one_service: OneService.Factory, encoding: str
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await imported(base, TWO.encode(encoding))
    assert (answer["written"], outcomes(answer)) == (True, [("updated", None), ("created", None)])
    said = {asset.serial: asset for asset in await base.contracts.said(AssetChanged)}
    assert (said["SN-1"].criticality, str(said["SN-1"].warranty_until)) == ("high", "2028-12-31")
    assert (said["SN-2"].name, said["SN-2"].criticality, said["SN-2"].warranty_until) == ("存储", "normal", None)
    again = await imported(base, TWO.encode(encoding))
    assert outcomes(again) == [("unchanged", None)] * 2
    assert len(await base.contracts.said(AssetChanged)) == 3


async def test_a_dry_run_says_the_same_and_writes_nothing(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    tried = await imported(base, TWO, dry_run="true")
    assert (tried["written"], outcomes(tried)) == (False, [("updated", None), ("created", None)])
    assert tried["counts"] == {"created": 1, "updated": 1, "unchanged": 0, "refused": 0}
    assert len(await base.contracts.said(AssetChanged)) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("别处,交换机,switch,S,SN-9,,", "site_unknown"),
        ("主机房,,switch,S,SN-9,,", "cell_empty"),
        ("主机房,交换机,switch,S,SN-9,urgent,", "cell_invalid"),
        ("主机房,交换机,switch,S,SN-9,,31.12.2028", "cell_no_date"),
        ("主机房,交换机,switch,S,SN-9,,2027-02-30", "cell_no_date"),
        ("主机房,交换机,switch,S,SN-9,,,extra", "cell_invalid"),
        (f"主机房,{'长' * 201},switch,S,SN-9,,", "cell_invalid"),
        ("主机房,=HYPERLINK(1),switch,S,SN-9,,", "cell_unsafe"),
        ("主机房,@SUM(1),switch,S,SN-9,,", "cell_unsafe"),
        ("主机房,nul\x00inside,switch,S,SN-9,,", "cell_unsafe"),
        ("主机房,存储,storage,X-1,SN-2,,", "row_repeated"),
    ],
)
async def test_one_refused_row_keeps_the_whole_file_out(one_service: OneService.Factory, row: str, code: str) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await imported(base, f"{TWO}{row}\n")
    assert (answer["written"], outcomes(answer)[-1]) == (False, ("refused", code))
    assert len(await base.contracts.said(AssetChanged)) == 1


async def test_a_refusal_is_told_in_the_readers_language(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    base.admin.headers["Accept-Language"] = "zh-CN"
    answer = await imported(base, f"{HEADER}\n别处,交换机,switch,S,SN-9,,\n")
    assert answer["rows"] == [
        {
            "row": 2,
            "key": "SN-9",
            "outcome": "refused",
            "code": "site_unknown",
            "detail": "该客户没有名为“别处”的在用站点，或存在多个同名站点。",
        }
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xff\xff", "file_unreadable"),
        (f'{HEADER}\n"open'.encode(), "file_unreadable"),
        (b"", "column_missing"),
        ("站点,名称,产品,型号\n".encode(), "column_missing"),
        (f"{HEADER},颜色\n".encode(), "column_unknown"),
        (f"{HEADER},serial\n".encode(), "column_unknown"),
        (f"{HEADER}\n".encode() + b"\n" * 5001, "too_many_rows"),
    ],
)
async def test_a_file_that_is_no_list_of_assets_is_refused(
    one_service: OneService.Factory, content: bytes, code: str
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.post(f"{base.address}/assets:import", content=content, headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_sites_and_customers_are_known_by_their_chinese_name(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    sites = "中文名称;英文名称;地址;区域\n主机房;Main room;示例路 2 号;Chengdu\n灾备机房;Standby;示例路 9 号;Beijing\n"
    assert outcomes(await imported(base, sites, "sites")) == [("updated", None), ("created", None)]
    said = {site.name_zh: site.name_en for site in await base.contracts.said(SiteChanged)}
    assert said == {"主机房": "Main room", "灾备机房": "Standby"}
    customers = "name_zh,name_en\n示例医院,Example Hospital\n示例图书馆,Example Library\n"
    answer = await base.admin.post("/v1/customers:import", content=customers.encode(), headers=CSV)
    assert outcomes(answer.json()) == [("unchanged", None), ("created", None)]
    assert [customer.name_zh for customer in await base.contracts.said(CustomerChanged)] == ["示例医院", "示例图书馆"]


async def test_a_name_that_two_customers_have_is_not_guessed_at(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    base = await an_installed_base(contracts)
    await an_installed_base(contracts, number="C-2026-2")
    content = "name_zh,name_en\n示例医院,Changed\n".encode()
    answer = await base.admin.post("/v1/customers:import", content=content, headers=CSV)
    assert outcomes(answer.json()) == [("refused", "name_ambiguous")]


SERVICED = f"{HEADER},授权工程师\n主机房,存储,storage,X-1,SN-2,,,"


async def test_a_file_says_who_may_service_an_asset(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    li, wang = await an_engineer(base.contracts), await an_engineer(base.contracts, "Wang Fang", name_zh="王芳")
    named = f"{SERVICED}WANG@provider.example；李伟\n"
    tried = await imported(base, named, dry_run="true")
    assert (tried["written"], outcomes(tried)) == (False, [("created", None)])
    assert outcomes(await imported(base, named)) == [("created", None)]
    [*_, asset] = await base.contracts.said(AssetChanged)
    assert [str(person) for person in asset.servicer_ids] == [wang, li]
    assert outcomes(await imported(base, f"{SERVICED}\n")) == [("unchanged", None)]
    assert outcomes(await imported(base, f'{SERVICED}"Li Wei, li wei, 李伟"\n')) == [("updated", None)]


async def test_a_dry_run_tells_who_is_no_engineer(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    await an_engineer(base.contracts)
    await an_engineer(base.contracts, "Gone Away", name_zh="离职", active=False)
    for _ in range(2):
        await an_engineer(base.contracts, "Wang Fang", name_zh="王芳", email=f"{uuid4()}@provider.example")
    await an_engineer(base.contracts, "Only Desk", name_zh="坐席", roles=("desk",))
    tried = await imported(base, f"{SERVICED}李伟、王芳、离职、坐席、Nobody@provider.example\n", dry_run="true")
    assert outcomes(tried) == [("refused", "servicers_unknown")]
    assert tried["rows"][0]["detail"] == (  # type: ignore[index]  # rows is a list
        "There is no active engineer, or more than one, for: 王芳, 离职, 坐席, Nobody@provider.example."
    )


async def test_five_thousand_assets_go_in_at_once(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    rows = "".join(f"主机房,服务器 {number},server,R-{number},SRV-{number},,\n" for number in range(5000))
    answer = await imported(base, f"{HEADER}\n{rows}")
    assert (answer["written"], answer["counts"]) == (
        True,
        {"created": 5000, "updated": 0, "unchanged": 0, "refused": 0},
    )


async def test_only_an_administrator_imports_and_only_for_a_customer_there_is(
    one_service: OneService.Factory,
) -> None:
    base = await an_installed_base(await one_service("contracts"))
    own = principal(Role.CUSTOMER_USER, customer_id=base.customer_id)
    for who in (own, principal(Role.DESK)):
        async with base.contracts.as_(who) as client:
            answer = await client.post(f"{base.address}/assets:import", content=TWO.encode(), headers=CSV)
            assert answer.status_code == 403
    nowhere = f"/v1/customers/{ADMIN.id}/assets:import"
    answer = await base.admin.post(nowhere, content=TWO.encode(), headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")
