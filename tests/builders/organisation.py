"""A provider with its people and a customer with a contract, an agreement, an emergency organisation, a plan, parts.

Everything is entered through the public API, by those who may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.harness import Platform

PASSWORD = "a long enough password"
Json = dict[str, Any]


@dataclass
class Organisation:
    """Ids by name, and a client for each person by name."""

    platform: Platform
    ids: dict[str, str] = field(default_factory=dict)
    people: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def __getattr__(self, name: str) -> httpx.AsyncClient:
        """The client of a person: `world.desk.get(...)`."""
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]  # a client by construction
        except KeyError as problem:
            raise AttributeError(name) from problem


async def a_world(platform: Platform) -> Organisation:
    """The provider, the customer `hospital` with everything, and the customer `library` with a user only."""
    world = Organisation(platform)
    administrator = platform.administrator
    world.people["admin"] = await platform.signed_in(administrator.email, administrator.password)
    for name in ("hospital", "library"):
        customer = await post(world.admin, "/v1/customers", {"name_zh": name, "name_en": name})
        world.ids[name] = customer["customer_id"]
    await _hire(world)
    await _install(world)
    await _agree(world)
    await _organise(world)
    await _stock(world)
    await platform.settle()
    await _plan(world)
    await platform.settle()
    return world


async def post(client: httpx.AsyncClient, path: str, body: Json | None = None) -> Any:
    """Post and expect success."""
    answer = await client.post(path, json=body or {})
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


async def get(client: httpx.AsyncClient, path: str) -> Any:
    """Get and expect success."""
    answer = await client.get(path)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer.json()


async def add_person(
    world: Organisation, name: str, *roles: str, customer: str | None = None, locale: str = "zh-CN"
) -> None:
    """A person who can sign in, reachable as `world.NAME`; their id is `world.ids[NAME]`."""
    body = {
        "name_zh": name,
        "name_en": name,
        "email": f"{name}@demo.example",
        "phone": "+86 28 0000 0000",
        "locale": locale,
        "roles": list(roles),
        "password": PASSWORD,
    }
    if customer:
        body["customer_id"] = world.ids[customer]
    person = await post(world.admin, "/v1/people", body)
    world.ids[name] = person["id"]
    world.people[name] = await world.platform.signed_in(f"{name}@demo.example", PASSWORD)


async def _hire(world: Organisation) -> None:
    await add_person(world, "desk", "desk")
    await add_person(world, "engineer", "engineer")
    await add_person(world, "responder", "emergency_team", locale="en")
    await add_person(world, "keeper", "keeper")
    await add_person(world, "other_keeper", "keeper")
    await add_person(world, "quality", "quality")
    await add_person(world, "operator", "customer_user", customer="hospital")
    await add_person(world, "leader", "leader", customer="hospital")
    await add_person(world, "superior", "superior", customer="hospital")
    await add_person(world, "reader", "customer_user", customer="library", locale="en")


async def _install(world: Organisation) -> None:
    hospital = f"/v1/customers/{world.ids['hospital']}"
    site = {"name_zh": "主机房", "name_en": "Computer room", "address": "示例路 1 号", "region": "Chengdu"}
    world.ids["site"] = (await post(world.admin, f"{hospital}/sites", site))["id"]
    department = {"name_zh": "门诊部", "name_en": "Outpatient", "email": "outpatient@demo.example"}
    world.ids["department"] = (await post(world.admin, f"{hospital}/departments", department))["id"]
    asset = {"site_id": world.ids["site"], "product": "switch", "model": "S-9000", "criticality": "high"}
    for name, serial in (("switch", "SN-1"), ("storage", "SN-2")):
        body = asset | {"name": name, "serial": serial}
        world.ids[name] = (await post(world.admin, f"{hospital}/assets", body))["id"]
    business = {
        "name_zh": "挂号",
        "name_en": "Registration",
        "department_id": world.ids["department"],
        "asset_ids": [world.ids["switch"]],
        "dependence": "very_high",
        "tolerable_outage_seconds": 7200,
    }
    world.ids["business"] = (await post(world.admin, f"{hospital}/key-businesses", business))["id"]


async def _agree(world: Organisation) -> None:
    contract = {
        "number": "C-DEMO-1",
        "customer_id": world.ids["hospital"],
        "starts_on": "2025-01-01",
        "ends_on": "2100-01-01",
        "site_ids": [world.ids["site"]],
        "asset_ids": [world.ids["switch"]],
    }
    world.ids["contract"] = (await post(world.admin, "/v1/contracts", contract))["id"]
    agreement = await post(world.admin, f"/v1/contracts/{world.ids['contract']}/agreements")
    world.ids["agreement"] = agreement["id"]
    for side in ("provider", "customer"):
        await post(world.admin, f"/v1/agreements/{agreement['id']}/sign", {"side": side, "signed_by": side})


async def _organise(world: Organisation) -> None:
    organisation = {
        "team_ids": [world.ids["responder"]],
        "leader_ids": [world.ids["leader"]],
        "quorum": 1,
        "superior_ids": [world.ids["superior"]],
    }
    path = f"/v1/customers/{world.ids['hospital']}/emergency-organisation"
    answer = await world.admin.put(path, json=organisation)
    assert answer.is_success, answer.text


async def _stock(world: Organisation) -> None:
    part = {"part_number": "PSU-9000", "name_zh": "电源模块", "name_en": "Power module", "models": ["S-9000"]}
    await post(world.admin, "/v1/parts", part | {"lead_time_days": 14})
    await world.platform.settle()
    for name, keeper, region in (("depot", "keeper", "Chengdu"), ("far_depot", "other_keeper", "Beijing")):
        depot = {"name_zh": name, "name_en": name, "region": region, "keeper_id": world.ids[keeper]}
        world.ids[name] = (await post(world.admin, "/v1/depots", depot))["id"]
        receipt = {"part_number": "PSU-9000", "quantity": 2, "note": "first stock"}
        await post(world.people[keeper], f"/v1/depots/{world.ids[name]}/receipts", receipt)


async def _plan(world: Organisation) -> None:
    steps = [
        {"title_zh": "切换到备机", "title_en": "Switch to the standby", "measure": "it", "minutes": 10},
        {"title_zh": "改用手工挂号", "title_en": "Register by hand", "measure": "non_it", "minutes": 20},
        {"title_zh": "更换电源模块", "title_en": "Replace the power module", "measure": "it", "minutes": 60},
    ]
    steps[0]["owner_id"] = world.ids["responder"]
    plan = {
        "customer_id": world.ids["hospital"],
        "name_zh": "核心设备故障预案",
        "name_en": "Core device failure",
        "fault_class": "device",
        "scenario": "The core switch fails.",
        "key_business_ids": [world.ids["business"]],
        "steps": steps,
    }
    world.ids["plan"] = (await post(world.responder, "/v1/plans", plan))["id"]
    path = f"/v1/plans/{world.ids['plan']}"
    participants = [world.ids["responder"], world.ids["leader"]]
    await post(world.responder, f"{path}/start-drill", {"scenario": "Desk drill", "participant_ids": participants})
    await post(world.responder, f"{path}/evaluate-drill", {"passed": True, "score": 90, "summary": "As planned."})
    await post(world.leader, f"{path}/approve")
    await post(world.responder, f"{path}/put-in-force")
