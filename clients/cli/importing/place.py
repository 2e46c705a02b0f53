"""Whose history it is, where it happened and in which zone it was written: from the options, else from the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.api import Aftercare
from clients.cli.finding import asset_like, customer_like, site_like
from clients.cli.terminal import Misuse
from clients.models import Agreement, Asset, Contract
from shared.zones import UnknownZone, zone_named

IN_FORCE = "in_force"


@dataclass(frozen=True)
class Place:
    """`at` is what every incident says of where it was; one that names its asset's serial number says that instead."""

    customer_id: UUID
    at: Mapping[str, str | None]


async def place_of(api: Aftercare, customer: str | None, site: str | None, asset: str | None) -> Place:
    """Raises Misuse when an option finds none or several, or no customer is stated and none is known from the asset."""
    customer_id = None if customer is None else (await customer_like(api, customer)).customer_id
    found = None if asset is None else await asset_like(api, asset, customer_id)
    owner = found.customer_id if found else customer_id
    if owner is None:
        raise Misuse("customer_wanted")
    site_id = None if site is None else str((await site_like(api, site, owner)).id)
    return Place(owner, {"asset_id": str(found.id) if found else None, "site_id": site_id})


async def assets_by_serial(api: Aftercare, customer_id: UUID) -> dict[str, str]:
    """The ids of the customer's assets."""
    return {asset.serial: str(asset.id) async for asset in api.pages(Asset, f"/v1/customers/{customer_id}/assets")}


def zone_asked(name: str) -> ZoneInfo:
    """Raises Misuse for a name that is no zone."""
    try:
        return zone_named(name)
    except UnknownZone as unknown:
        raise Misuse("bad_zone", value=name) from unknown


async def zone_of_contract(api: Aftercare, customer_id: UUID) -> ZoneInfo:
    """Of the calendar of the agreement in force. Raises Misuse where there is none, or several with different zones."""
    zones = set()
    async for contract in api.pages(Contract, "/v1/contracts"):
        if contract.customer_id == customer_id:
            agreements = await api.all(Agreement, f"/v1/contracts/{contract.id}/agreements")
            zones |= {each.calendar.zone for each in agreements if each.state == IN_FORCE}
    if len(zones) != 1:
        raise Misuse("several_zones" if zones else "no_zone", zones=", ".join(sorted(zones)))
    return zone_named(zones.pop())
