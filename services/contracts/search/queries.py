"""What a text is found in. Row-level security decides whose records are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import queries as agreements
from services.contracts.contacts import queries as contacts
from services.contracts.customers import queries as customers


@dataclass(frozen=True)
class Hit:
    """A record that holds the text, by its name in both languages (one name serves for both)."""

    kind: str
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    detail: str


async def hits(session: AsyncSession, text: str) -> list[Hit]:
    """At most 20 of each kind, the newest first."""
    found = [
        Hit("customer", one.customer_id, one.customer_id, one.name_zh, one.name_en, "")
        for one in await customers.customers_holding(session, text)
    ]
    for site in await customers.sites_holding(session, text):
        found.append(Hit("site", site.id, site.customer_id, site.name_zh, site.name_en, site.address))
    for asset in await customers.assets_holding(session, text):
        detail = f"{asset.model} {asset.serial}"
        found.append(Hit("asset", asset.id, asset.customer_id, asset.name, asset.name, detail))
    for contract in await agreements.contracts_holding(session, text):
        term = f"{contract.starts_on} / {contract.ends_on}"
        found.append(Hit("contract", contract.id, contract.customer_id, contract.number, contract.number, term))
    for contact in await contacts.contacts_holding(session, text):
        reached = " ".join(way for way in (contact.phone, contact.email) if way)
        found.append(Hit("contact", contact.id, contact.customer_id, contact.name, contact.name, reached))
    return found
