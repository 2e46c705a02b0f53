"""What inventory does on time."""

from __future__ import annotations

from services.inventory.reservations import actions as reservations
from shared.db import AsyncSession
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(reservations.EXPIRY)
async def expire_reservation(session: AsyncSession, timer: Timer) -> None:
    """The hold is over: what nobody fetched is free again."""
    await reservations.expire(session, reservation_id=timer.subject_id)
