"""What the report form reads: for whom a fault may be reported, and where it may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from clients.api import Aftercare
from clients.dashboard.customer_records import Site
from clients.models import Asset, Contact, Customer, Me


@dataclass(frozen=True)
class Places:
    """A customer's sites and assets, and whom to call there; nobody's as long as no customer is chosen."""

    customer_id: UUID | None = None
    sites: tuple[Site, ...] = ()
    assets: tuple[Asset, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def at(self, site_id: str) -> Places:
        """With the assets of this site, and the contacts of it and of all sites; all where no site is chosen."""
        assets = tuple(asset for asset in self.assets if site_id in ("", str(asset.site_id)))
        contacts = tuple(each for each in self.contacts if not site_id or str(each.site_id or site_id) == site_id)
        return replace(self, assets=assets, contacts=contacts)

    def email_of(self, name: str) -> str:
        return next((contact.email for contact in self.contacts if contact.name == name.strip()), "")


@dataclass(frozen=True)
class Reportable:
    """Staff choose a customer; for a customer's own people the places are there at once."""

    customers: tuple[Customer, ...] = ()
    places: Places = Places()


async def reportable(api: Aftercare, me: Me) -> Reportable:
    """Raises Problem, Unreachable."""
    if me.customer_id:
        return Reportable(places=await places(api, me.customer_id))
    return Reportable(customers=tuple(await api.all(Customer, "/v1/customers")))


async def places(api: Aftercare, customer_id: UUID) -> Places:
    """Raises Problem, Unreachable."""
    at = f"/v1/customers/{customer_id}"
    sites, assets, contacts = await asyncio.gather(
        api.all(Site, f"{at}/sites"), api.all(Asset, f"{at}/assets"), api.all(Contact, f"{at}/contacts")
    )
    return Places(
        customer_id,
        tuple(site for site in sites if site.active),
        tuple(assets),
        tuple(contact for contact in contacts if contact.active),
    )
