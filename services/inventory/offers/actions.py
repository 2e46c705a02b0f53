"""Keeping the copy of sites that tells which depot is near."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.offers.models import Site
from shared.copies import keep_newest
from shared.events.contracts import SiteChanged


async def copy_site(session: AsyncSession, site: SiteChanged, sequence: int) -> None:
    row = site.model_dump(include={"customer_id", "region"})
    await keep_newest(session, Site, {"id": site.site_id, "sequence": sequence, **row})
