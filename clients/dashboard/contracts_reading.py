"""What the pages of contracts, agreements and calendars read. What one may not see is left out, not told of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from clients.api import Aftercare, Problem
from clients.dashboard.customer_records import Contract, Engineer
from clients.models import (
    Agreement,
    Answer,
    Asset,
    CatalogueItem,
    ContactList,
    Customer,
    Entitlement,
    Me,
    NamedCalendar,
    Site,
)

M = TypeVar("M", bound=Answer)
MOST_CONTRACTS = 200


@dataclass(frozen=True)
class KnownContract:
    """A contract with all that its page shows."""

    contract: Contract
    customer: Customer | None
    agreements: tuple[Agreement, ...]
    sites: tuple[Site, ...] = ()
    assets: tuple[Asset, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    calendars: tuple[NamedCalendar, ...] = ()
    items: tuple[CatalogueItem, ...] = ()
    contact_lists: tuple[ContactList, ...] = ()
    engineers: tuple[Engineer, ...] = ()

    def item(self, code: str, language: str) -> str:
        """What the catalogue calls it."""
        return next((item.name(language) for item in self.items if item.code == code), code)

    @property
    def newest(self) -> Agreement | None:
        return max(self.agreements, key=lambda one: one.revision, default=None)

    @property
    def in_force(self) -> Agreement | None:
        """The version that open clocks follow."""
        return next((one for one in reversed(self.agreements) if one.state == "in_force"), None)

    @property
    def provisional_years(self) -> tuple[int, ...]:
        """Years of the term whose public holidays are not announced yet, of all versions but withdrawn ones."""
        counting = [agreement for agreement in self.agreements if agreement.state != "withdrawn"]
        said = {year for agreement in counting for year in agreement.provisional_years}
        return tuple(sorted(year for year in said if _is_in_term(year, self.contract)))


@dataclass(frozen=True)
class KnownCalendar:
    """A calendar, and the agreements in force that were drawn from it."""

    calendar: NamedCalendar
    used_by: tuple[tuple[Contract, Agreement], ...] = ()


async def contracts(api: Aftercare, me: Me) -> list[tuple[Contract, Customer | None]]:
    """All contracts, newest first, and whose they are."""
    found, customers = await asyncio.gather(api.all(Contract, "/v1/contracts"), customers_of(api, me))
    return [(contract, customers.get(contract.customer_id)) for contract in found]


async def contract(api: Aftercare, me: Me, contract_id: UUID) -> KnownContract:
    """Raises Problem (404 where there is none), Unreachable."""
    known = await api.get(Contract, f"/v1/contracts/{contract_id}")
    at, whose = f"/v1/contracts/{contract_id}", f"/v1/customers/{known.customer_id}"
    agreements, sites, assets, entitlements, named = await asyncio.gather(
        api.all(Agreement, f"{at}/agreements"),
        readable(api, Site, f"{whose}/sites"),
        readable(api, Asset, f"{whose}/assets"),
        readable(api, Entitlement, f"{at}/entitlements"),
        readable(api, NamedCalendar, "/v1/calendars"),
    )
    items, contact_lists, engineers, customers = await asyncio.gather(
        readable(api, CatalogueItem, "/v1/catalogue"),
        readable(api, ContactList, f"{at}/contact-list"),
        readable(api, Engineer, "/v1/people", role="engineer"),
        customers_of(api, me),
    )
    return KnownContract(
        contract=known,
        customer=customers.get(known.customer_id),
        agreements=tuple(sorted(agreements, key=lambda one: one.revision)),
        sites=tuple(_those(sites, known.site_ids)),
        assets=tuple(_those(assets, known.asset_ids)),
        entitlements=tuple(entitlements),
        calendars=tuple(named),
        items=tuple(items),
        contact_lists=tuple(contact_lists),
        engineers=tuple(engineers),
    )


async def calendars(api: Aftercare) -> list[NamedCalendar]:
    return await api.all(NamedCalendar, "/v1/calendars")


async def calendar(api: Aftercare, calendar_id: UUID) -> KnownCalendar:
    """Raises Problem (404 where there is none), Unreachable."""
    known, found = await asyncio.gather(
        api.get(NamedCalendar, f"/v1/calendars/{calendar_id}"), api.all(Contract, "/v1/contracts")
    )
    used: list[tuple[Contract, Agreement]] = []
    for one in found[:MOST_CONTRACTS]:
        agreements = await readable(api, Agreement, f"/v1/contracts/{one.id}/agreements")
        used += [(one, each) for each in agreements if each.calendar_id == calendar_id and each.state == "in_force"]
    return KnownCalendar(known, tuple(used))


async def customers_of(api: Aftercare, me: Me) -> dict[UUID, Customer]:
    """Those whom this person may know, by their ids."""
    if me.customer_id is None:
        found = await readable(api, Customer, "/v1/customers")
        return {customer.customer_id: customer for customer in found}
    try:
        own = await api.get(Customer, f"/v1/customers/{me.customer_id}")
    except Problem as problem:
        if problem.status == 401:
            raise
        return {}
    return {own.customer_id: own}


async def readable(api: Aftercare, of: type[M], path: str, **query: str) -> list[M]:
    """A list; empty for who may not see it. Raises Problem, Unreachable."""
    try:
        return await api.all(of, path, **query)
    except Problem as problem:
        if problem.status in (403, 404):
            return []
        raise


def _those(things: Iterable[M], ids: tuple[UUID, ...]) -> list[M]:
    wanted = set(ids)
    return [thing for thing in things if getattr(thing, "id", None) in wanted]


def _is_in_term(year: int, contract: Contract) -> bool:
    first = contract.starts_on or date.min
    last = contract.ends_on or date.max
    return first.year <= year <= last.year
