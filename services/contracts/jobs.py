"""What contracts does on time."""

from __future__ import annotations

from services.contracts.republish import AGREEMENTS
from shared.db import AsyncSession
from shared.snapshots import SAY_AGAIN, say_some_again
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(SAY_AGAIN, alone=True)
async def say_agreements_again(session: AsyncSession, timer: Timer) -> None:
    """A copy of agreements elsewhere has more: it is filled."""
    await say_some_again(session, AGREEMENTS, timer)
