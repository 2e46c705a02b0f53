"""Keeping the copy of who watches what."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.watchers.models import Watched
from shared.copies import keep_newest
from shared.events.incidents import WatchersChanged


async def keep_watchers(session: AsyncSession, event: WatchersChanged, sequence: int) -> None:
    row = {"id": event.incident_id, "customer_id": event.customer_id, "person_ids": list(event.person_ids)}
    await keep_newest(session, Watched, row | {"sequence": sequence})
