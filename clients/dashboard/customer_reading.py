"""What the page of a customer reads. What one may not see is left out, not told of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from clients.api import Aftercare
from clients.dashboard.contracts_reading import readable
from clients.dashboard.customer_records import Contact, Contract, Department, KeyBusiness, Site
from clients.models import Asset, Customer

T = TypeVar("T", Contact, Site, Department, KeyBusiness)


@dataclass(frozen=True)
class KnownCustomer:
    """A customer with all that its page shows; what is not used any more comes last."""

    customer: Customer
    contacts: tuple[Contact, ...] = ()
    sites: tuple[Site, ...] = ()
    departments: tuple[Department, ...] = ()
    key_businesses: tuple[KeyBusiness, ...] = ()
    assets: tuple[Asset, ...] = ()
    contracts: tuple[Contract, ...] = ()

    @property
    def path(self) -> str:
        """Of what belongs to the customer, at the platform."""
        return f"/v1/customers/{self.customer.customer_id}"

    def site(self, site_id: UUID | None) -> Site | None:
        return next((site for site in self.sites if site.id == site_id), None)

    def department(self, department_id: UUID) -> Department | None:
        return next((one for one in self.departments if one.id == department_id), None)


async def customer(api: Aftercare, customer_id: UUID) -> KnownCustomer:
    """Raises Problem (404 where there is none), Unreachable."""
    at = f"/v1/customers/{customer_id}"
    known = await api.get(Customer, at)
    contacts, sites, departments, businesses = await asyncio.gather(
        readable(api, Contact, f"{at}/contacts"),
        readable(api, Site, f"{at}/sites"),
        readable(api, Department, f"{at}/departments"),
        readable(api, KeyBusiness, f"{at}/key-businesses"),
    )
    assets, contracts = await asyncio.gather(
        readable(api, Asset, f"{at}/assets"), readable(api, Contract, "/v1/contracts")
    )
    return KnownCustomer(
        known,
        _in_use_first(contacts),
        _in_use_first(sites),
        _in_use_first(departments),
        _in_use_first(businesses),
        tuple(assets),
        tuple(contract for contract in contracts if contract.customer_id == customer_id),
    )


def _in_use_first(things: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(things, key=lambda thing: not thing.active))
