"""What can be asked about customers and what they have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.customers.models import Asset, Customer, Department, KeyBusiness, Site
from shared.errors import NotFound
from shared.paging import Page


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


async def department_of(session: AsyncSession, customer_id: UUID, department_id: UUID) -> Department:
    found = await session.get(Department, department_id)
    if found is None or found.customer_id != customer_id:
        raise DepartmentNotFound(department_id=department_id)
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


async def all_customers(session: AsyncSession) -> Sequence[Customer]:
    return (await session.scalars(select(Customer).order_by(Customer.customer_id))).all()


async def all_sites(session: AsyncSession) -> Sequence[Site]:
    return (await session.scalars(select(Site).order_by(Site.id))).all()


async def all_departments(session: AsyncSession) -> Sequence[Department]:
    return (await session.scalars(select(Department).order_by(Department.id))).all()


async def all_assets(session: AsyncSession) -> Sequence[Asset]:
    return (await session.scalars(select(Asset).order_by(Asset.id))).all()


async def all_key_businesses(session: AsyncSession) -> Sequence[KeyBusiness]:
    return (await session.scalars(select(KeyBusiness).order_by(KeyBusiness.id))).all()
