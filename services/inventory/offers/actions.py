"""Keeping the copy of sites that tells which depot is near."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.offers.models import Site
from shared.events.contracts import SiteChanged


async def copy_site(session: AsyncSession, site: SiteChanged, sequence: int) -> None:
    """Keep the newest record of a site."""
    row = {"id": site.site_id, "sequence": sequence, "customer_id": site.customer_id, "region": site.region}
    statement = insert(Site).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={"sequence": statement.excluded.sequence, "region": statement.excluded.region},
        where=statement.excluded.sequence > Site.sequence,
    )
    await session.execute(statement)
