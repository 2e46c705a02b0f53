"""What can be asked about customers and what they have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.customers.models import Asset, Customer, Department, KeyBusiness, Site
from services.contracts.finding.queries import holding
from shared.db import check_version
from shared.errors import Conflict, NotFound
from shared.paging import Page
from shared.snapshots import Every

EVERY_CUSTOMER = Every(select(Customer), Customer.customer_id)
EVERY_SITE = Every(select(Site), Site.id)
EVERY_DEPARTMENT = Every(select(Department), Department.id)
EVERY_ASSET = Every(select(Asset), Asset.id)
EVERY_KEY_BUSINESS = Every(select(KeyBusiness), KeyBusiness.id)


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    en = "There is no customer {customer_id}."
    zh = "没有客户 {customer_id}。"


class SiteNotFound(NotFound):
    code = "site_not_found"
    en = "There is no site {site_id} of this customer."
    zh = "该客户没有站点 {site_id}。"


class DepartmentNotFound(NotFound):
    code = "department_not_found"
    en = "There is no department {department_id} of this customer."
    zh = "该客户没有部门 {department_id}。"


class AssetNotFound(NotFound):
    code = "asset_not_found"
    en = "There is no asset {asset_id} of this customer."
    zh = "该客户没有资产 {asset_id}。"


class KeyBusinessNotFound(NotFound):
    code = "key_business_not_found"
    en = "There is no key business {key_business_id} of this customer."
    zh = "该客户没有关键业务 {key_business_id}。"


class SiteInUse(Conflict):
    code = "site_in_use"
    en = "{assets} asset(s) in service stand at the site; move or retire them first."
    zh = "该站点仍有 {assets} 项在用资产，请先迁移或停用。"


class DepartmentInUse(Conflict):
    code = "department_in_use"
    en = "The department owns {businesses} key business(es); give them to another one first."
    zh = "该部门仍负责 {businesses} 项关键业务，请先转交其他部门。"


async def customer(session: AsyncSession, customer_id: UUID) -> Customer:
    found = await session.get(Customer, customer_id)
    if found is None:
        raise CustomerNotFound(customer_id=customer_id)
    return found


async def locked_customer(session: AsyncSession, customer_id: UUID) -> Customer:
    """The customer under its row lock, which leaves rows that only refer to the customer free to be written."""
    found = await session.get(Customer, customer_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None:
        raise CustomerNotFound(customer_id=customer_id)
    return found


async def site_of(session: AsyncSession, customer_id: UUID, site_id: UUID) -> Site:
    found = await session.get(Site, site_id)
    if found is None or found.customer_id != customer_id:
        raise SiteNotFound(site_id=site_id)
    return found


async def sites_named(session: AsyncSession, site_ids: Collection[UUID]) -> Mapping[UUID, Site]:
    """The sites with these ids, by id."""
    return {site.id: site for site in await session.scalars(select(Site).where(Site.id.in_(site_ids)))}


async def locked_site(session: AsyncSession, customer_id: UUID, site_id: UUID) -> Site:
    """The site under its row lock, at the version the client expects."""
    found = await session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if found is None or found.customer_id != customer_id:
        raise SiteNotFound(site_id=site_id)
    check_version(session, found.version)
    return found


async def sites_to_change(session: AsyncSession, customer_id: UUID) -> Sequence[Site]:
    """All sites of the customer, under their row locks."""
    own = select(Site).where(Site.customer_id == customer_id).order_by(Site.id)
    return (await session.scalars(own.with_for_update())).all()


async def assets_to_change(session: AsyncSession, customer_id: UUID, serials: Collection[str]) -> Sequence[Asset]:
    """The customer's assets with these serial numbers, under their row locks."""
    own = select(Asset).where(Asset.customer_id == customer_id, Asset.serial.in_(serials)).order_by(Asset.id)
    return (await session.scalars(own.with_for_update())).all()


async def customers_to_change(session: AsyncSession, names_zh: Collection[str]) -> Sequence[Customer]:
    """The customers of these names, under their row locks. Others who ask wait: names are not unique by themselves."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("contracts customers"))))
    named = select(Customer).where(Customer.name_zh.in_(names_zh)).order_by(Customer.customer_id)
    return (await session.scalars(named.with_for_update())).all()


async def require_nothing_in_service(session: AsyncSession, site_id: UUID) -> None:
    """Raise SiteInUse while an asset in service stands at the site. Call with the site locked."""
    in_service = select(func.count()).where(Asset.site_id == site_id, Asset.state == "in_service")
    if assets := await session.scalar(in_service):
        raise SiteInUse(site_id=site_id, assets=assets)


async def department_of(session: AsyncSession, customer_id: UUID, department_id: UUID) -> Department:
    found = await session.get(Department, department_id)
    if found is None or found.customer_id != customer_id:
        raise DepartmentNotFound(department_id=department_id)
    return found


async def locked_department(session: AsyncSession, customer_id: UUID, department_id: UUID) -> Department:
    """The department under its row lock, at the version the client expects."""
    found = await session.get(Department, department_id, with_for_update=True, populate_existing=True)
    if found is None or found.customer_id != customer_id:
        raise DepartmentNotFound(department_id=department_id)
    check_version(session, found.version)
    return found


async def require_no_business(session: AsyncSession, department_id: UUID) -> None:
    """Raise DepartmentInUse while the department owns a key business. Call with the department locked."""
    owned = select(func.count()).where(KeyBusiness.department_id == department_id, KeyBusiness.active)
    if businesses := await session.scalar(owned):
        raise DepartmentInUse(department_id=department_id, businesses=businesses)


async def asset_of(session: AsyncSession, customer_id: UUID, asset_id: UUID) -> Asset:
    found = await session.get(Asset, asset_id)
    if found is None or found.customer_id != customer_id:
        raise AssetNotFound(asset_id=asset_id)
    return found


async def locked_asset(session: AsyncSession, customer_id: UUID, asset_id: UUID) -> Asset:
    """The asset under its row lock, at the version the client expects."""
    found = await session.get(Asset, asset_id, with_for_update=True, populate_existing=True)
    if found is None or found.customer_id != customer_id:
        raise AssetNotFound(asset_id=asset_id)
    check_version(session, found.version)
    return found


async def key_business_of(session: AsyncSession, customer_id: UUID, business_id: UUID) -> KeyBusiness:
    found = await session.get(KeyBusiness, business_id)
    if found is None or found.customer_id != customer_id:
        raise KeyBusinessNotFound(key_business_id=business_id)
    return found


async def locked_key_business(session: AsyncSession, customer_id: UUID, business_id: UUID) -> KeyBusiness:
    """The key business under its row lock, at the version the client expects."""
    found = await session.get(KeyBusiness, business_id, with_for_update=True, populate_existing=True)
    if found is None or found.customer_id != customer_id:
        raise KeyBusinessNotFound(key_business_id=business_id)
    check_version(session, found.version)
    return found


async def require_assets(session: AsyncSession, customer_id: UUID, asset_ids: Collection[UUID]) -> None:
    """Raise AssetNotFound for the first id that is no asset of the customer."""
    own = select(Asset.id).where(Asset.customer_id == customer_id, Asset.id.in_(asset_ids))
    missing = set(asset_ids) - set(await session.scalars(own))
    if missing:
        raise AssetNotFound(asset_id=min(missing))


async def require_sites(session: AsyncSession, customer_id: UUID, site_ids: Collection[UUID]) -> None:
    """Raise SiteNotFound for the first id that is no site of the customer."""
    own = select(Site.id).where(Site.customer_id == customer_id, Site.id.in_(site_ids))
    missing = set(site_ids) - set(await session.scalars(own))
    if missing:
        raise SiteNotFound(site_id=min(missing))


async def customers_page(session: AsyncSession, page: Page) -> Sequence[Customer]:
    return (await session.scalars(page.of(select(Customer), Customer.customer_id))).all()


async def sites_page(session: AsyncSession, page: Page, customer_id: UUID) -> Sequence[Site]:
    return (await session.scalars(page.of(select(Site).where(Site.customer_id == customer_id), Site.id))).all()


async def departments_page(session: AsyncSession, page: Page, customer_id: UUID) -> Sequence[Department]:
    of_customer = select(Department).where(Department.customer_id == customer_id)
    return (await session.scalars(page.of(of_customer, Department.id))).all()


async def assets_page(session: AsyncSession, page: Page, customer_id: UUID) -> Sequence[Asset]:
    return (await session.scalars(page.of(select(Asset).where(Asset.customer_id == customer_id), Asset.id))).all()


async def key_businesses_page(session: AsyncSession, page: Page, customer_id: UUID) -> Sequence[KeyBusiness]:
    of_customer = select(KeyBusiness).where(KeyBusiness.customer_id == customer_id)
    return (await session.scalars(page.of(of_customer, KeyBusiness.id))).all()


async def customers_holding(session: AsyncSession, text: str) -> Sequence[Customer]:
    return (await session.scalars(holding(text, Customer))).all()


async def sites_holding(session: AsyncSession, text: str) -> Sequence[Site]:
    return (await session.scalars(holding(text, Site))).all()


async def assets_holding(session: AsyncSession, text: str) -> Sequence[Asset]:
    return (await session.scalars(holding(text, Asset))).all()
