"""The demo organisation, built through the public API: customers, people, what is covered, and by what contract.

Each part is looked for before it is made. What nobody can ask for again (passwords, the key, the webhook's secret) is
kept by clients/demo/kept.py; where it was lost, a new one is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from clients.api import Aftercare, Problem, sign_in
from clients.demo import cast
from clients.demo.building import ensure
from clients.demo.kept import Actor, DemoOrganisation, keep_demo, read_demo
from clients.demo.preparations import hook_of_the_hospital, key_of_the_hospital, plan_in_force, store
from clients.models import (
    Agreement,
    Asset,
    Contract,
    Customer,
    Department,
    EmergencyOrganisation,
    KeyBusiness,
    Me,
    Person,
    Site,
)
from clients.sign_in import FOLDER, SignIn
from shared.now import system_seconds

__all__ = ["DemoOrganisation", "load_organisation"]


async def load_organisation(
    base_url: str, administrator: SignIn, recorder_url: str | None, folder: Path = Path(FOLDER)
) -> DemoOrganisation:
    """The demo organisation on this platform, made as far as it is not there yet. Raises Problem and Unreachable."""
    session = await sign_in(base_url, administrator.email, administrator.password)
    async with Aftercare(base_url, session.token) as api:
        demo = await _build(api, read_demo(folder), recorder_url)
    keep_demo(folder, demo)
    return demo


async def _build(api: Aftercare, kept: DemoOrganisation | None, recorder_url: str | None) -> DemoOrganisation:
    await _desk_for_the_administrator(api)
    customers = {name: await _customer(api, names) for name, names in cast.CUSTOMERS.items()}
    hospital = customers["hospital"]
    people = await _people(api, customers, kept.actors if kept else {})
    assets = await _installed_base(api, hospital)
    await _contract(api, hospital, assets)
    await _emergency_organisation(api, hospital, people)
    business = await _key_business(api, hospital, assets)
    key = await key_of_the_hospital(api, hospital, kept)
    return DemoOrganisation(
        base_url=api.base_url,
        recorder_url=recorder_url,
        actors=people,
        hospital_id=hospital,
        library_id=customers["library"],
        switch_id=assets[cast.SWITCH],
        plan_id=await plan_in_force(api, hospital, business, people),
        part_number=cast.PART_NUMBER,
        depot_ids=await store(api, people),
        key=key,
        hook=await hook_of_the_hospital(api.base_url, key, kept, recorder_url) if recorder_url else None,
    )


async def _desk_for_the_administrator(api: Aftercare) -> None:
    """In a checkout the `aftercare` command signs in as the administrator, and reporting faults is the desk's work."""
    me = await api.get(Me, "/v1/me")
    if cast.DESK not in me.roles:
        there = await api.get(Person, f"/v1/people/{me.id}")
        roles = [*there.roles, cast.DESK]
        await api.patch(Person, f"/v1/people/{me.id}", version=there.version, roles=roles)


async def _customer(api: Aftercare, names: Mapping[str, str]) -> UUID:
    return (await ensure(api, Customer, "/v1/customers", names, name_en=names["name_en"])).customer_id


async def _people(api: Aftercare, customers: Mapping[str, UUID], kept: Mapping[str, Actor]) -> dict[str, Actor]:
    there = {person.email: person for person in await api.all(Person, "/v1/people")}
    return {
        role.part: await _person(api, role, there.get(role.email), customers, kept.get(role.part)) for role in cast.CAST
    }


async def _person(
    api: Aftercare, role: cast.Role, there: Person | None, customers: Mapping[str, UUID], kept: Actor | None
) -> Actor:
    """A password that was lost is replaced: the one kept must always be the one that works."""
    password = kept.password if kept and there else secrets.token_urlsafe(12)
    if there is None:
        place = {"customer_id": customers[role.customer]} if role.customer else {}
        there = await api.post(Person, "/v1/people", **role.body(), **place, password=password)
    elif kept is None:
        there = await api.patch(Person, f"/v1/people/{there.id}", version=there.version, password=password)
    return Actor(
        id=there.id,
        email=there.email,
        password=password,
        roles=there.roles,
        name_zh=there.name_zh,
        name_en=there.name_en,
    )


async def _installed_base(api: Aftercare, hospital: UUID) -> dict[str, UUID]:
    """The sites, and the assets by their serial number."""
    path = f"/v1/customers/{hospital}"
    sites = [await ensure(api, Site, f"{path}/sites", site, name_en=site["name_en"]) for site in cast.SITES]
    assets = [
        await ensure(api, Asset, f"{path}/assets", asset | {"site_id": sites[0].id}, serial=asset["serial"])
        for asset in cast.ASSETS
    ]
    return {asset.serial: asset.id for asset in assets}


async def _contract(api: Aftercare, hospital: UUID, assets: Mapping[str, UUID]) -> None:
    """A contract that holds already and for some years more, with the default agreement signed by both sides."""
    this_year = datetime.fromtimestamp(system_seconds(), UTC).year
    body = {
        "number": cast.CONTRACT_NUMBER,
        "customer_id": hospital,
        "starts_on": cast.CONTRACT_STARTS_ON,
        "ends_on": date(this_year + cast.CONTRACT_YEARS, 1, 1),
        "site_ids": [site.id for site in await api.all(Site, f"/v1/customers/{hospital}/sites")],
        "asset_ids": list(assets.values()),
    }
    contract = await ensure(api, Contract, "/v1/contracts", body, number=cast.CONTRACT_NUMBER)
    agreement = await ensure(api, Agreement, f"/v1/contracts/{contract.id}/agreements", {})
    signed = {"provider": agreement.provider_signed_at, "customer": agreement.customer_signed_at}
    for side, signed_by in cast.SIGNED_BY.items():
        if signed[side] is None:
            await api.post(Agreement, f"/v1/agreements/{agreement.id}/sign", side=side, signed_by=signed_by)


async def _emergency_organisation(api: Aftercare, hospital: UUID, people: Mapping[str, Actor]) -> None:
    wanted = EmergencyOrganisation(
        team_ids=(people["emergency"].id,),
        leader_ids=tuple(people[part].id for part in ("leader", "second_leader", "emergency")),
        quorum=1,
        superior_ids=(people["superior"].id,),
    )
    path = f"/v1/customers/{hospital}/emergency-organisation"
    try:
        there = await api.get(EmergencyOrganisation, path)
    except Problem as problem:
        if problem.status != 404:
            raise
        there = None
    if there != wanted:
        await api.put(EmergencyOrganisation, path, **wanted.model_dump())


async def _key_business(api: Aftercare, hospital: UUID, assets: Mapping[str, UUID]) -> UUID:
    path = f"/v1/customers/{hospital}"
    names = cast.DEPARTMENT
    department = await ensure(api, Department, f"{path}/departments", names, name_en=names["name_en"])
    body = cast.KEY_BUSINESS | {
        "department_id": department.id,
        "asset_ids": [assets[cast.SWITCH], assets[cast.DATABASE]],
    }
    business = await ensure(api, KeyBusiness, f"{path}/key-businesses", body, name_en=cast.KEY_BUSINESS["name_en"])
    return business.id
