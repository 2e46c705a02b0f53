"""A customer with a site, an asset, a department and a contract, in contracts alone; and engineers it has heard of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from shared.events.gateway import PersonChanged
from shared.permissions import Role
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
Json = dict[str, Any]


@dataclass
class Installed:
    """Ids by name, and the client of an administrator."""

    contracts: OneService
    admin: httpx.AsyncClient
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/v1/customers/{self.ids['customer']}"

    @property
    def contract(self) -> str:
        return f"/v1/contracts/{self.ids['contract']}"

    @property
    def customer_id(self) -> UUID:
        return UUID(self.ids["customer"])

    async def post(self, path: str, body: Json) -> Json:
        answer = await self.admin.post(path, json=body)
        assert answer.is_success, answer.text
        posted: Json = answer.json()
        return posted

    def user(self) -> httpx.AsyncClient:
        return self.contracts.as_(principal(Role.CUSTOMER_USER, customer_id=self.customer_id))


async def an_installed_base(contracts: OneService, number: str = "C-2026-1") -> Installed:
    base = Installed(contracts, contracts.as_(ADMIN))
    named = {"name_zh": "示例医院", "name_en": "Example Hospital"}
    base.ids["customer"] = (await base.post("/v1/customers", named))["customer_id"]
    site = {"name_zh": "主机房", "name_en": "Main computer room", "address": "示例路 1 号", "region": "Chengdu"}
    base.ids["site"] = (await base.post(f"{base.address}/sites", site))["id"]
    department = {"name_zh": "门诊部", "name_en": "Outpatient", "email": "outpatient@demo.example"}
    base.ids["department"] = (await base.post(f"{base.address}/departments", department))["id"]
    asset = {
        "site_id": base.ids["site"],
        "name": "核心交换机",
        "product": "switch",
        "model": "S-9000",
        "serial": "SN-1",
    }
    base.ids["asset"] = (await base.post(f"{base.address}/assets", asset))["id"]
    contract = {
        "number": number,
        "customer_id": base.ids["customer"],
        "starts_on": "2026-03-01",
        "ends_on": "2029-03-01",
        "site_ids": [base.ids["site"]],
    }
    base.ids["contract"] = (await base.post("/v1/contracts", contract))["id"]
    return base


async def an_engineer(contracts: OneService, name: str = "Li Wei", **changes: Any) -> str:
    """The id of an engineer that contracts has heard of."""
    person = {
        "person_id": uuid7(),
        "name_zh": "李伟",
        "name_en": name,
        "email": f"{name.split()[0].lower()}@provider.example",
        "phone": "+86 28 5550 0100",
        "locale": "zh-CN",
        "roles": (Role.ENGINEER.value,),
        "customer_id": None,
        "active": True,
    }
    engineer = PersonChanged.model_validate(person | changes)
    await contracts.hear(engineer)
    return str(engineer.person_id)
