"""What can be asked about contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.contacts.models import Contact
from services.contracts.finding.queries import holding
from shared.db import check_version
from shared.errors import NotFound
from shared.paging import Page
from shared.snapshots import Every

EVERY_CONTACT = Every(select(Contact), Contact.id)


class ContactNotFound(NotFound):
    code = "contact_not_found"
    en = "There is no contact {contact_id} of this customer."
    zh = "该客户没有联系人 {contact_id}。"


async def contact_of(session: AsyncSession, customer_id: UUID, contact_id: UUID) -> Contact:
    found = await session.get(Contact, contact_id)
    if found is None or found.customer_id != customer_id:
        raise ContactNotFound(contact_id=contact_id)
    return found


async def locked_contact(session: AsyncSession, customer_id: UUID, contact_id: UUID) -> Contact:
    """The contact under its row lock, at the version the client expects."""
    found = await session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if found is None or found.customer_id != customer_id:
        raise ContactNotFound(contact_id=contact_id)
    check_version(session, found.version)
    return found


async def contacts_page(session: AsyncSession, page: Page, customer_id: UUID) -> Sequence[Contact]:
    of_customer = select(Contact).where(Contact.customer_id == customer_id)
    return (await session.scalars(page.of(of_customer, Contact.id))).all()


async def contacts_at(session: AsyncSession, customer_id: UUID, site_ids: Collection[UUID]) -> Sequence[Contact]:
    """The active contacts for these sites and those for all sites, in the order in which they were entered."""
    here = Contact.site_id.is_(None) | Contact.site_id.in_(site_ids)
    active = select(Contact).where(Contact.customer_id == customer_id, Contact.active, here)
    return (await session.scalars(active.order_by(Contact.id))).all()


async def contacts_holding(session: AsyncSession, text: str) -> Sequence[Contact]:
    return (await session.scalars(holding(text, Contact))).all()
