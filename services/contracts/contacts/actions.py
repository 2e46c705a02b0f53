"""Writing contacts. Each write says the whole record as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.contacts import queries
from services.contracts.contacts.domain import require_reachable
from services.contracts.contacts.models import Contact
from services.contracts.customers import queries as customers
from shared.audit import note
from shared.db import as_record
from shared.events.contracts import ContactChanged
from shared.outbox import emit

FIELDS = ("site_id", "name", "role_zh", "role_en", "phone", "email", "locale", "active")


async def add_contact(session: AsyncSession, *, customer_id: UUID, site_id: UUID | None, **fields: Any) -> Contact:
    """Raises CustomerNotFound, ContactUnreachable, SiteNotFound for another customer's site."""
    require_reachable(fields["phone"], fields["email"])
    await customers.customer(session, customer_id)
    if site_id:
        await customers.site_of(session, customer_id, site_id)
    contact = Contact(customer_id=customer_id, site_id=site_id, **fields)
    session.add(contact)
    await session.flush()
    note(session, contact.id, "add_contact", after=as_record(contact, *FIELDS), customer_id=customer_id)
    say_contact(session, contact)
    return contact


async def change_contact(
    session: AsyncSession, *, customer_id: UUID, contact_id: UUID, changes: Mapping[str, Any]
) -> Contact:
    """Raises ContactNotFound, SiteNotFound, ContactUnreachable."""
    contact = await queries.locked_contact(session, customer_id, contact_id)
    if changes.get("site_id"):
        await customers.site_of(session, customer_id, changes["site_id"])
    before = as_record(contact, *changes)
    for name, value in changes.items():
        setattr(contact, name, value)
    require_reachable(contact.phone, contact.email)
    contact.version += 1
    await session.flush()
    after = as_record(contact, *changes)
    note(session, contact.id, "change_contact", before=before, after=after, customer_id=customer_id)
    say_contact(session, contact)
    return contact


def say_contact(session: AsyncSession, contact: Contact) -> None:
    said = {name: getattr(contact, name) for name in FIELDS}
    emit(session, ContactChanged(contact_id=contact.id, customer_id=contact.customer_id, **said))
