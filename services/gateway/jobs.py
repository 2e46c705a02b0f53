"""What the gateway does on time."""

from __future__ import annotations

from services.gateway.republish import SNAPSHOTS
from shared.db import AsyncSession
from shared.snapshots import SAY_AGAIN, say_some_again
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(SAY_AGAIN, alone=True)
async def say_people_again(session: AsyncSession, timer: Timer) -> None:
    """A copy of people elsewhere is new, or has more: it is filled."""
    await say_some_again(session, SNAPSHOTS, timer)
