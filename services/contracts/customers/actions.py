"""Writing customers and what they have. Each write says the whole record as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.contracts.copies.queries import require_engineers
from services.contracts.customers import queries
from services.contracts.customers.models import Asset, Customer, Department, KeyBusiness, Site
from shared.audit import note
from shared.db import as_record, unless_taken
from shared.errors import Conflict
from shared.events.contracts import (
    AssetChanged,
    CustomerChanged,
    DepartmentChanged,
    KeyBusinessChanged,
    SiteChanged,
)
from shared.outbox import emit

ASSET_FIELDS = ("site_id", "name", "serial", "warranty_until", "servicer_ids", "state")


class SerialTaken(Conflict):
    code = "serial_taken"
    en = "The customer already has an asset with the serial number {serial}."
    zh = "该客户已有序列号为 {serial} 的资产。"


class SiteRetired(Conflict):
    code = "site_retired"
    en = "The site {site_id} is retired; no asset can be placed there."
    zh = "站点 {site_id} 已停用，不能再放置资产。"


async def add_customer(session: AsyncSession, *, name_zh: str, name_en: str) -> Customer:
    customer = Customer(customer_id=uuid7(), name_zh=name_zh, name_en=name_en)
    session.add(customer)
    await session.flush()
    note(
        session,
        customer.customer_id,
        "add_customer",
        after=as_record(customer, "name_zh", "name_en"),
        customer_id=customer.customer_id,
    )
    say_customer(session, customer)
    return customer


async def add_site(
    session: AsyncSession, *, customer_id: UUID, name_zh: str, name_en: str, address: str, region: str
) -> Site:
    await queries.customer(session, customer_id)
    site = Site(customer_id=customer_id, name_zh=name_zh, name_en=name_en, address=address, region=region)
    session.add(site)
    await session.flush()
    note(session, site.id, "add_site", after=as_record(site, "name_zh", "address"), customer_id=customer_id)
    say_site(session, site)
    return site


async def add_department(
    session: AsyncSession, *, customer_id: UUID, name_zh: str, name_en: str, email: str, locale: str
) -> Department:
    await queries.customer(session, customer_id)
    department = Department(customer_id=customer_id, name_zh=name_zh, name_en=name_en, email=email, locale=locale)
    session.add(department)
    await session.flush()
    after = as_record(department, "name_zh", "email")
    note(session, department.id, "add_department", after=after, customer_id=customer_id)
    say_department(session, department)
    return department


async def add_asset(session: AsyncSession, *, customer_id: UUID, site_id: UUID, serial: str, **fields: Any) -> Asset:
    """Raises SiteNotFound for another customer's site, SiteRetired, EngineerNotFound, SerialTaken."""
    await require_site_in_use(session, customer_id, site_id)
    await require_engineers(session, fields["servicer_ids"])
    with unless_taken(SerialTaken(serial=serial)):
        [asset] = await add_assets(session, customer_id, [{"site_id": site_id, "serial": serial, **fields}])
    return asset


async def add_assets(session: AsyncSession, customer_id: UUID, rows: Sequence[Mapping[str, Any]]) -> Sequence[Asset]:
    """Add assets whose sites and servicers the caller has looked at, all in one flush."""
    assets = [Asset(customer_id=customer_id, **fields) for fields in rows]
    session.add_all(assets)
    await session.flush()
    for asset in assets:
        note(session, asset.id, "add_asset", after=as_record(asset, *ASSET_FIELDS), customer_id=customer_id)
        say_asset(session, asset)
    return assets


async def require_site_in_use(session: AsyncSession, customer_id: UUID, site_id: UUID) -> None:
    """Raise SiteNotFound for a site that is not the customer's, SiteRetired for one that holds no assets any more."""
    if not (await queries.site_of(session, customer_id, site_id)).active:
        raise SiteRetired(site_id=site_id)


async def add_key_business(
    session: AsyncSession,
    *,
    customer_id: UUID,
    name_zh: str,
    name_en: str,
    department_id: UUID,
    asset_ids: Sequence[UUID],
    dependence: str,
    tolerable_outage_seconds: int,
) -> KeyBusiness:
    await queries.department_of(session, customer_id, department_id)
    await queries.require_assets(session, customer_id, asset_ids)
    business = KeyBusiness(
        customer_id=customer_id,
        name_zh=name_zh,
        name_en=name_en,
        department_id=department_id,
        asset_ids=list(asset_ids),
        dependence=dependence,
        tolerable_outage_seconds=tolerable_outage_seconds,
    )
    session.add(business)
    await session.flush()
    after = as_record(business, "name_zh", "department_id", "asset_ids", "dependence")
    note(session, business.id, "add_key_business", after=after, customer_id=customer_id)
    say_key_business(session, business)
    return business


def say_customer(session: AsyncSession, customer: Customer) -> None:
    emit(
        session,
        CustomerChanged(
            customer_id=customer.customer_id,
            name_zh=customer.name_zh,
            name_en=customer.name_en,
            active=customer.active,
        ),
    )


def say_site(session: AsyncSession, site: Site) -> None:
    emit(
        session,
        SiteChanged(
            site_id=site.id,
            customer_id=site.customer_id,
            name_zh=site.name_zh,
            name_en=site.name_en,
            address=site.address,
            region=site.region,
            active=site.active,
        ),
    )


def say_department(session: AsyncSession, department: Department) -> None:
    emit(
        session,
        DepartmentChanged(
            department_id=department.id,
            customer_id=department.customer_id,
            name_zh=department.name_zh,
            name_en=department.name_en,
            email=department.email,
            locale=department.locale,
            active=department.active,
        ),
    )


def say_asset(session: AsyncSession, asset: Asset) -> None:
    emit(
        session,
        AssetChanged(
            asset_id=asset.id,
            customer_id=asset.customer_id,
            site_id=asset.site_id,
            name=asset.name,
            product=asset.product,
            model=asset.model,
            serial=asset.serial,
            criticality=asset.criticality,
            warranty_until=asset.warranty_until,
            servicer_ids=tuple(asset.servicer_ids),
            state=asset.state,
        ),
    )


def say_key_business(session: AsyncSession, business: KeyBusiness) -> None:
    emit(
        session,
        KeyBusinessChanged(
            key_business_id=business.id,
            customer_id=business.customer_id,
            name_zh=business.name_zh,
            name_en=business.name_en,
            department_id=business.department_id,
            asset_ids=tuple(business.asset_ids),
            dependence=business.dependence,
            tolerable_outage_seconds=business.tolerable_outage_seconds,
            active=business.active,
        ),
    )
