"""What incidents does on time: it says that a promise is at risk, and that one is broken."""

from __future__ import annotations

from services.incidents.clocks import actions as clocks
from shared.db import AsyncSession
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(clocks.WARNING)
async def warn_of_clock(session: AsyncSession, timer: Timer) -> None:
    await clocks.warn_of_clock(session, clock_id=timer.subject_id, percent=timer.data["percent"], late=timer.late)


@jobs.due(clocks.BREACH)
async def break_promise(session: AsyncSession, timer: Timer) -> None:
    await clocks.break_promise(session, clock_id=timer.subject_id, late=timer.late)
