"""Changing customers and what they have, retiring included. Each change says the whole record as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.copies.queries import require_engineers
from services.contracts.customers import actions as customers
from services.contracts.customers import queries
from shared.audit import note
from shared.db import as_record, check_version, unless_taken

if TYPE_CHECKING:
    from services.contracts.customers.models import Asset, Customer, Department, KeyBusiness, Site

Changes = Mapping[str, Any]


class Row(Protocol):
    """A versioned row of a customer."""

    id: Any
    customer_id: Any
    version: Any


async def change_customer(session: AsyncSession, *, customer_id: UUID, changes: Changes) -> Customer:
    customer = await queries.locked_customer(session, customer_id)
    check_version(session, customer.version)
    if await _changed(session, customer, "change_customer", changes):
        customers.say_customer(session, customer)
    return customer


async def change_site(session: AsyncSession, *, customer_id: UUID, site_id: UUID, changes: Changes) -> Site:
    """Raises SiteInUse for a site to be retired where an asset in service stands."""
    site = await queries.locked_site(session, customer_id, site_id)
    if changes.get("active") is False:
        await queries.require_nothing_in_service(session, site_id)
    if await _changed(session, site, "change_site", changes):
        customers.say_site(session, site)
    return site


async def change_department(
    session: AsyncSession, *, customer_id: UUID, department_id: UUID, changes: Changes
) -> Department:
    """Raises DepartmentInUse for a department to be retired that owns a key business."""
    department = await queries.locked_department(session, customer_id, department_id)
    if changes.get("active") is False:
        await queries.require_no_business(session, department_id)
    if await _changed(session, department, "change_department", changes):
        customers.say_department(session, department)
    return department


async def change_asset(session: AsyncSession, *, customer_id: UUID, asset_id: UUID, changes: Changes) -> Asset:
    """Raises SiteNotFound, SiteRetired, EngineerNotFound, SerialTaken."""
    asset = await queries.locked_asset(session, customer_id, asset_id)
    await require_engineers(session, changes.get("servicer_ids", ()))
    if changes.get("state", asset.state) == "in_service":
        await customers.require_site_in_use(session, customer_id, changes.get("site_id", asset.site_id))
    elif "site_id" in changes:
        await queries.site_of(session, customer_id, changes["site_id"])
    with unless_taken(customers.SerialTaken(serial=changes.get("serial"))):
        changed = await _changed(session, asset, "change_asset", changes)
    if changed:
        customers.say_asset(session, asset)
    return asset


async def change_key_business(
    session: AsyncSession, *, customer_id: UUID, key_business_id: UUID, changes: Changes
) -> KeyBusiness:
    """Raises DepartmentNotFound, AssetNotFound for what is not the customer's."""
    business = await queries.locked_key_business(session, customer_id, key_business_id)
    if "department_id" in changes:
        await queries.department_of(session, customer_id, changes["department_id"])
    await queries.require_assets(session, customer_id, changes.get("asset_ids", ()))
    if await _changed(session, business, "change_key_business", changes):
        customers.say_key_business(session, business)
    return business


async def _changed(session: AsyncSession, row: Row, action: str, changes: Changes) -> bool:
    """Write what differs; False when nothing does, and nothing is to be said then."""
    if not differing(row, changes):
        return False
    write_changes(session, row, action, changes)
    await session.flush()
    return True


def differing(row: Row, changes: Changes) -> Changes:
    """Those of the changes that change the row."""
    return {name: value for name, value in changes.items() if getattr(row, name) != value}


def write_changes(session: AsyncSession, row: Row, action: str, changes: Changes) -> None:
    """Set what differs and note it; the caller flushes, and says the record."""
    changed = differing(row, changes)
    before = as_record(row, *changed)
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    note(session, row.id, action, before=before, after=as_record(row, *changed), customer_id=row.customer_id)
