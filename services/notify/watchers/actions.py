"""Keeping the copy of who watches what."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.watchers.models import Watched
from shared.events.incidents import WatchersChanged


async def keep_watchers(session: AsyncSession, event: WatchersChanged, sequence: int) -> None:
    """A later event of the incident replaces an earlier one, whichever comes first."""
    row = {"person_ids": list(event.person_ids), "sequence": sequence}
    kept = insert(Watched).values(id=event.incident_id, customer_id=event.customer_id, **row)
    newer = kept.excluded.sequence > Watched.sequence
    await session.execute(kept.on_conflict_do_update(index_elements=["id"], set_=row, where=newer))
