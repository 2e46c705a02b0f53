"""What can be asked of the copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from services.incidents.copies.domain import Named, Place, Terms
from services.incidents.copies.models import Agreement, Asset, Customer, Department, KeyBusiness, Person, Site
from shared.db import tenants_driver
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


class PersonNotFound(NotFound):
    code = "person_not_found"
    en = "There is no active person {person_id}."
    zh = "没有有效的人员 {person_id}。"


STAFF = {Role.DESK, Role.ENGINEER, Role.EMERGENCY_TEAM, Role.MANAGEMENT, Role.QUALITY, Role.ADMINISTRATOR}
ONLY_OF_STAFF = STAFF - {Role.EMERGENCY_TEAM}
"""Customers' people may be in an emergency team too."""
TERMS = tuple(field.name for field in fields(Terms))
OF_AGREEMENT = ", ".join(f"agreement.{name}" for name in TERMS if name != "agreement_id")


@dataclass(frozen=True)
class Hit:
    """A key business that depends on an asset, and the department that owns it."""

    key_business_id: UUID
    department_id: UUID


@dataclass(frozen=True)
class Covering:
    """A version of an agreement, whose it is, and what it covers beside the assets in its terms."""

    terms: Terms
    customer_id: UUID
    site_ids: tuple[UUID, ...]


PLACE = f"""
SELECT customer.name_zh, customer.name_en, asset.name AS asset_name,
    site.id AS site_id, site.name_zh AS site_name_zh, site.name_en AS site_name_en,
    agreement.id AS agreement_id, {OF_AGREEMENT}
FROM incidents.customers AS customer
LEFT JOIN incidents.assets AS asset ON asset.id = $2 AND asset.customer_id = customer.id
LEFT JOIN incidents.sites AS site
    ON site.id = coalesce($3, asset.site_id) AND site.customer_id = customer.id
LEFT JOIN incidents.agreements AS agreement
    ON agreement.customer_id = customer.id AND (agreement.in_force OR $4)
    AND (asset.id = ANY (agreement.asset_ids) OR coalesce(asset.site_id, site.id) = ANY (agreement.site_ids))
WHERE customer.id = $1
"""
"""With an asset its own site counts for the cover, whatever site is given beside it. `$4`: with former versions."""


async def place(
    session: AsyncSession, customer_id: UUID, asset_id: UUID | None, site_id: UUID | None, *, of_before: bool
) -> Place:
    """Where a fault is, in one statement. Raises not found for what is not there, or not the customer's.

    `of_before`: a fault of the past, for which versions may count that are in force no more.
    """
    rows = await (await tenants_driver(session)).fetch(PLACE, customer_id, asset_id, site_id, of_before)
    if not rows:
        raise CustomerNotFound(customer_id=customer_id)
    first = rows[0]
    if asset_id is not None and first["asset_name"] is None:
        raise AssetNotFound(asset_id=asset_id)
    if site_id is not None and first["site_id"] is None:
        raise SiteNotFound(site_id=site_id)
    site = Named(first["site_id"], first["site_name_zh"], first["site_name_en"]) if first["site_id"] else None
    return Place(
        customer=Named(customer_id, first["name_zh"], first["name_en"]),
        asset=Named(asset_id, first["asset_name"], first["asset_name"]) if asset_id else None,
        site=site,
        agreements=tuple(_terms(dict(row)) for row in rows if row["agreement_id"]),
    )


def _terms(row: Mapping[str, Any]) -> Terms:
    return Terms(**{name: row[name] for name in TERMS})


async def terms(session: AsyncSession, agreement_id: UUID | None) -> Terms | None:
    """A version of an agreement by its id, in force or not; None for an incident that is not covered."""
    found = await session.get(Agreement, agreement_id) if agreement_id else None
    return _terms(vars(found) | {"agreement_id": found.id}) if found else None


async def terms_of(session: AsyncSession, agreement_ids: Collection[UUID | None]) -> dict[UUID | None, Terms]:
    """The same of several, by id, in one statement."""
    known = select(Agreement).where(Agreement.id.in_({known for known in agreement_ids if known is not None}))
    found = (await session.scalars(known)).all()
    return {each.id: _terms(vars(each) | {"agreement_id": each.id}) for each in found}


async def covering(session: AsyncSession, agreement_id: UUID) -> Covering | None:
    """The agreement as it is now, with what it covers; None before it was heard of."""
    found = await session.get(Agreement, agreement_id, populate_existing=True)
    if found is None:
        return None
    terms = _terms(vars(found) | {"agreement_id": found.id})
    return Covering(terms, found.customer_id, tuple(found.site_ids))


async def versions(
    session: AsyncSession, customer_id: UUID, contract_number: str, asset_id: UUID | None, site_id: UUID | None
) -> list[Terms]:
    """All versions of a contract that cover the asset or the site, at any time."""
    rows = select(Agreement).where(
        Agreement.customer_id == customer_id,
        Agreement.contract_number == contract_number,
        or_(literal(asset_id, Uuid) == any_(Agreement.asset_ids), literal(site_id, Uuid) == any_(Agreement.site_ids)),
    )
    return [_terms(vars(each) | {"agreement_id": each.id}) for each in await session.scalars(rows)]


async def engineer(session: AsyncSession, engineer_id: UUID) -> Named:
    found = await session.get(Person, engineer_id)
    if found is None or not found.active or Role.ENGINEER not in found.roles:
        raise EngineerNotFound(engineer_id=engineer_id)
    return Named(found.id, found.name_zh, found.name_en)


async def people_of_role(session: AsyncSession, role: Role) -> list[UUID]:
    """Everybody who holds the role now."""
    holders = select(Person.id).where(Person.active, literal(role.value) == any_(Person.roles))
    return list(await session.scalars(holders.order_by(Person.id)))


async def staff_member(session: AsyncSession, person_id: UUID, *, roles: Collection[Role] = STAFF) -> Named:
    """An active person of the provider who holds one of the roles. Raises PersonNotFound."""
    found = await session.get(Person, person_id)
    if found is None or not found.active or not set(found.roles).intersection(roles):
        raise PersonNotFound(person_id=person_id)
    return Named(found.id, found.name_zh, found.name_en)


async def hits(session: AsyncSession, customer_id: UUID, asset_id: UUID | None) -> list[Hit]:
    """The customer's key businesses that depend on the asset; none without an asset."""
    if asset_id is None:
        return []
    hit = select(KeyBusiness.id, KeyBusiness.department_id).where(
        KeyBusiness.customer_id == customer_id, literal(asset_id) == any_(KeyBusiness.asset_ids)
    )
    return [Hit(*row) for row in await session.execute(hit.order_by(KeyBusiness.id))]


async def departments_hit(
    session: AsyncSession, customer_id: UUID, asset_ids: Collection[UUID]
) -> dict[UUID | None, Set[UUID]]:
    """By asset, the departments whose key businesses depend on it; an asset that none depends on is left out."""
    found: dict[UUID | None, set[UUID]] = defaultdict(set)
    hit = select(KeyBusiness.department_id, KeyBusiness.asset_ids).where(
        KeyBusiness.customer_id == customer_id, KeyBusiness.asset_ids.overlap(list(asset_ids))
    )
    for department_id, depended_on in await session.execute(hit):
        for asset_id in set(asset_ids).intersection(depended_on):
            found[asset_id].add(department_id)
    return dict(found)


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
