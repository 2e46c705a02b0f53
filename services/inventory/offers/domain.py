"""Which depot is best for a part that is needed at a site. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Offer:
    """What a depot could give. `near`: it lies in the region of the site."""

    depot_id: UUID
    region: str
    free: int
    near: bool


def is_near(depot_region: str, site_region: str | None) -> bool:
    """A site we do not know has no region: an unknown address must not hold up a part that is needed."""
    return site_region is not None and depot_region.casefold() == site_region.casefold()


def ranked(offers: Iterable[Offer], quantity: int) -> list[Offer]:
    """The depots that have enough, best first: the site's own region before others, then the most free stock."""
    enough = [offer for offer in offers if offer.free >= quantity]
    return sorted(enough, key=lambda offer: (not offer.near, -offer.free, offer.depot_id))


def as_information(offers: Iterable[Offer]) -> dict[str, Any]:
    """What the choice of a depot rested on, for the audit."""
    return {"offers": [vars(offer) for offer in offers]}
