"""Contracts, agreements and calendars as tests of the service need them, entered over HTTP by an administrator."""

from __future__ import annotations

from typing import Any

import httpx

Json = dict[str, Any]
OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
NO_BREAK = {"zone": "Asia/Shanghai", "week": [[["09:00", "18:00"]]] * 5 + [[], []], "exceptions": {}}
MINUTE_A_WEEK = {"zone": "Asia/Shanghai", "week": [[["09:00", "09:01"]], [], [], [], [], [], []]}
NAMES = {"name_zh": "值班时间", "name_en": "Duty hours"}
CONTRACT = {"number": "C-2026-1", "starts_on": "2026-01-01", "ends_on": "2029-01-01"}
WITHDRAWAL = {"reason": "Entered by mistake.", "provider_signed_by": "Demo provider", "customer_signed_by": "Customer"}


async def entered(admin: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await admin.post(path, json=body)
    assert answer.status_code == 201, answer.text
    record: Json = answer.json()
    return record


async def a_contract(admin: httpx.AsyncClient, **changes: Any) -> Json:
    customer = await entered(admin, "/v1/customers", {"name_zh": "示例医院", "name_en": "Example Hospital"})
    return await entered(admin, "/v1/contracts", CONTRACT | {"customer_id": customer["customer_id"]} | changes)


async def a_draft(admin: httpx.AsyncClient, contract: Json, **given: Any) -> Json:
    return await entered(admin, f"/v1/contracts/{contract['id']}/agreements", given)


async def signed(admin: httpx.AsyncClient, agreement: Json) -> httpx.Response:
    """The answer to the second of the two signatures."""
    address = f"/v1/agreements/{agreement['id']}/sign"
    await admin.post(address, json={"side": "provider", "signed_by": "Demo provider"})
    return await admin.post(address, json={"side": "customer", "signed_by": "Demo customer"})


async def a_calendar(admin: httpx.AsyncClient, **changes: Any) -> Json:
    return await entered(admin, "/v1/calendars", NAMES | {"data": NO_BREAK} | changes)


async def a_chinese_calendar(admin: httpx.AsyncClient, from_year: int, to_year: int) -> Json:
    return await entered(admin, "/v1/calendars:china", {"from_year": from_year, "to_year": to_year})
