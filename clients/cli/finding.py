"""Finding a record by what a person calls it: its id, its number, its address, or part of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

from clients.api import Aftercare
from clients.cli.terminal import Misuse
from clients.models import Asset, Contract, Customer, Incident, Me, NamedCalendar, Person, Site

T = TypeVar("T")
ME = "me"


async def customer_like(api: Aftercare, wanted: str) -> Customer:
    """Raises Misuse when none or several are called so."""
    customers = await api.all(Customer, "/v1/customers")
    return _the_one("--customer", wanted, customers, lambda each: (each.customer_id, each.name_zh, each.name_en))


async def site_like(api: Aftercare, wanted: str, customer_id: UUID) -> Site:
    """Of this customer. Raises Misuse when none or several are called so."""
    sites = await api.all(Site, f"/v1/customers/{customer_id}/sites")
    return _the_one("--site", wanted, sites, lambda each: (each.id, each.name_zh, each.name_en))


async def asset_like(api: Aftercare, wanted: str, customer_id: UUID | None) -> Asset:
    """Of this customer, or of any that the caller sees. Raises Misuse when none or several are called so."""
    customers = (
        [customer_id] if customer_id else [each.customer_id for each in await api.all(Customer, "/v1/customers")]
    )
    assets = [asset for customer in customers for asset in await api.all(Asset, f"/v1/customers/{customer}/assets")]
    return _the_one("--asset", wanted, assets, lambda each: (each.id, each.serial, each.name))


async def person_like(api: Aftercare, parameter: str, wanted: str) -> UUID:
    """The id of a person; `me` is the caller. Raises Misuse when none or several are called so."""
    if wanted == ME:
        return (await api.get(Me, "/v1/me")).id
    people = await api.all(Person, "/v1/people")
    found = _the_one(parameter, wanted, people, lambda each: (each.id, each.email, each.name_zh, each.name_en))
    return found.id


async def incident_called(api: Aftercare, reference: str) -> Incident:
    """By number or id."""
    return await api.get(Incident, f"/v1/incidents/{quote(reference, safe='')}")


async def contract_called(api: Aftercare, wanted: str) -> Contract:
    """Raises Misuse when none or several are called so."""
    contracts = await api.all(Contract, "/v1/contracts")
    return _the_one("CONTRACT", wanted, contracts, lambda each: (each.id, each.number))


async def calendar_called(api: Aftercare, wanted: str) -> NamedCalendar:
    """Raises Misuse when none or several are called so."""
    calendars = await api.all(NamedCalendar, "/v1/calendars")
    return _the_one("CALENDAR", wanted, calendars, lambda each: (each.id, each.code or "", each.name_zh, each.name_en))


def _the_one(parameter: str, wanted: str, among: Sequence[T], names: Callable[[T], tuple[UUID, *tuple[str, ...]]]) -> T:
    """An exact match wins over a part of a name."""
    sought = wanted.strip().casefold()
    exact = [each for each in among if sought in {str(name).casefold() for name in names(each)}]
    found = exact or [each for each in among if any(sought in name.casefold() for name in names(each)[1:])]
    if not found:
        raise Misuse("none_like", parameter=parameter, value=wanted)
    if len(found) > 1:
        called = ", ".join(str(names(each)[-1]) for each in found[:5])
        raise Misuse("several_like", parameter=parameter, value=wanted, found=called)
    return found[0]
