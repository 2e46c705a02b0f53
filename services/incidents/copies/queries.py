"""What can be asked of the copies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, any_, bindparam, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from services.incidents.copies.domain import Named, Place, Terms
from services.incidents.copies.models import Agreement, Asset, Customer, Department, KeyBusiness, Person, Site
from shared.errors import NotFound
from shared.permissions import Role


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    en = "There is no customer {customer_id}."
    zh = "没有客户 {customer_id}。"


class AssetNotFound(NotFound):
    code = "asset_not_found"
    en = "There is no asset {asset_id} of this customer."
    zh = "该客户没有资产 {asset_id}。"


class SiteNotFound(NotFound):
    code = "site_not_found"
    en = "There is no site {site_id} of this customer."
    zh = "该客户没有站点 {site_id}。"


class EngineerNotFound(NotFound):
    code = "engineer_not_found"
    en = "There is no active engineer {engineer_id}."
    zh = "没有在岗工程师 {engineer_id}。"


@dataclass(frozen=True)
class Hit:
    """A key business that depends on an asset, and the department that owns it."""

    key_business_id: UUID
    department_id: UUID


def _place() -> Select[Customer, Asset, Site, Agreement]:
    """With an asset its own site counts for the cover, whatever site is given beside it."""
    customer_id, asset_id, site_id = (bindparam(name, type_=Uuid) for name in ("customer_id", "asset_id", "site_id"))
    asset = and_(Asset.id == asset_id, Asset.customer_id == Customer.id)
    site = and_(Site.id == func.coalesce(site_id, Asset.site_id), Site.customer_id == Customer.id)
    covered = or_(
        Asset.id == any_(Agreement.asset_ids),
        func.coalesce(Asset.site_id, Site.id) == any_(Agreement.site_ids),
    )
    agreement = and_(Agreement.customer_id == Customer.id, Agreement.in_force, covered)
    found = select(Customer, Asset, Site, Agreement).where(Customer.id == customer_id)
    return found.outerjoin(Asset, asset).outerjoin(Site, site).outerjoin(Agreement, agreement)


PLACE = _place()  # built once: every report asks this


async def place(session: AsyncSession, customer_id: UUID, asset_id: UUID | None, site_id: UUID | None) -> Place:
    """Where a fault is, in one statement. Raises not found for what is not there, or not the customer's."""
    where = {"customer_id": customer_id, "asset_id": asset_id, "site_id": site_id}
    rows = (await session.execute(PLACE, where)).all()
    if not rows:
        raise CustomerNotFound(customer_id=customer_id)
    customer, asset, site, _ = rows[0]
    if asset_id is not None and asset is None:
        raise AssetNotFound(asset_id=asset_id)
    if site_id is not None and site is None:
        raise SiteNotFound(site_id=site_id)
    return Place(
        customer=Named(customer.id, customer.name_zh, customer.name_en),
        asset=Named(asset.id, asset.name, asset.name) if asset else None,
        site=Named(site.id, site.name_zh, site.name_en) if site else None,
        agreements=tuple(_terms(row[3]) for row in rows if row[3]),
    )


def _terms(agreement: Agreement) -> Terms:
    return Terms(
        agreement_id=agreement.id,
        contract_number=agreement.contract_number,
        revision=agreement.revision,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        asset_ids=tuple(agreement.asset_ids),
        calendar=agreement.calendar,
        targets=tuple(agreement.targets),
    )


async def terms(session: AsyncSession, agreement_id: UUID | None) -> Terms | None:
    """A version of an agreement by its id, in force or not; None for an incident that is not covered."""
    found = await session.get(Agreement, agreement_id) if agreement_id else None
    return _terms(found) if found else None


async def engineer(session: AsyncSession, engineer_id: UUID) -> Named:
    found = await session.get(Person, engineer_id)
    if found is None or not found.active or Role.ENGINEER not in found.roles:
        raise EngineerNotFound(engineer_id=engineer_id)
    return Named(found.id, found.name_zh, found.name_en)


async def hits(session: AsyncSession, customer_id: UUID, asset_id: UUID | None) -> list[Hit]:
    """The customer's key businesses that depend on the asset; none without an asset."""
    if asset_id is None:
        return []
    hit = select(KeyBusiness.id, KeyBusiness.department_id).where(
        KeyBusiness.customer_id == customer_id, literal(asset_id) == any_(KeyBusiness.asset_ids)
    )
    return [Hit(*row) for row in await session.execute(hit.order_by(KeyBusiness.id))]


async def departments(session: AsyncSession, customer_id: UUID) -> list[UUID]:
    of_customer = select(Department.id).where(Department.customer_id == customer_id)
    return list(await session.scalars(of_customer.order_by(Department.id)))


async def names(session: AsyncSession, ids: Collection[UUID | None]) -> dict[UUID, Named]:
    """The names behind ids of customers, sites, assets and people, in one statement; unknown ids are left out."""
    wanted = {known for known in ids if known is not None}
    if not wanted:
        return {}
    rows = union_all(
        select(Customer.id, Customer.name_zh, Customer.name_en).where(Customer.id.in_(wanted)),
        select(Site.id, Site.name_zh, Site.name_en).where(Site.id.in_(wanted)),
        select(Asset.id, Asset.name, Asset.name.label("name_en")).where(Asset.id.in_(wanted)),
        select(Person.id, Person.name_zh, Person.name_en).where(Person.id.in_(wanted)),
    )
    return {row[0]: Named(*row) for row in await session.execute(rows)}
