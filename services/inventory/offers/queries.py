"""What can be asked before a part is reserved: what each depot could give."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.depots import queries as depots
from services.inventory.ledger import queries as ledger
from services.inventory.offers.domain import Offer, is_near
from services.inventory.offers.models import Site


async def offers_of(session: AsyncSession, part_id: UUID, site_id: UUID | None) -> list[Offer]:
    """What each depot that ever had the part could give for the site."""
    region = await session.scalar(select(Site.region).where(Site.id == site_id)) if site_id else None
    free = await ledger.free_stock(session, part_id)
    depot_of = await depots.depots_of(session, free.keys())
    return [
        Offer(depot_id, depot_of[depot_id].region, quantity, is_near(depot_of[depot_id].region, region))
        for depot_id, quantity in free.items()
    ]
