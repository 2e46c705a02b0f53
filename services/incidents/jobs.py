"""What incidents does on time: says that a promise is at risk or broken, ends pauses, closes what nobody answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.incidents.clocks import firing
from services.incidents.clocks.timing import BREACH, WARNING
from services.incidents.copies.actions import FOLLOW
from services.incidents.endings import actions as endings
from services.incidents.incidents import queries
from services.incidents.incidents.actions import END_PAUSE
from services.incidents.retargeting import actions as retargeting
from services.incidents.waiting import actions as waiting
from shared.db import AsyncSession
from shared.timers import Jobs, Timer


async def hold_incidents(session: AsyncSession, due: Sequence[Timer]) -> None:
    """Locks what a batch is about before its first effect, so that it waits for nobody in a circle."""
    about: Mapping[str, set[UUID]] = {"incident_ids": set(), "clock_ids": set(), "closing_ids": set()}
    for timer in due:
        about[SUBJECTS[timer.kind]].add(timer.subject_id)
    await queries.hold_incidents(session, **about)


SUBJECTS = {
    WARNING: "clock_ids",
    BREACH: "clock_ids",
    END_PAUSE: "incident_ids",
    endings.CLOSE_UNANSWERED: "closing_ids",
}
jobs = Jobs(hold_incidents)


@jobs.due(WARNING)
async def warn_of_clock(session: AsyncSession, timer: Timer) -> None:
    percent, before = timer.data.get("percent"), timer.data.get("before")
    await firing.warn_of_clock(session, clock_id=timer.subject_id, percent=percent, before=before, late=timer.late)


@jobs.due(BREACH)
async def break_promise(session: AsyncSession, timer: Timer) -> None:
    await firing.break_promise(session, clock_id=timer.subject_id, late=timer.late)


@jobs.due(END_PAUSE)
async def end_pause(session: AsyncSession, timer: Timer) -> None:
    await waiting.end_pause(session, incident_id=timer.subject_id)


@jobs.due(endings.CLOSE_UNANSWERED)
async def close_unanswered(session: AsyncSession, timer: Timer) -> None:
    await endings.close_unanswered(session, incident_id=timer.subject_id)


@jobs.due(FOLLOW, alone=True)
async def follow_agreement(session: AsyncSession, timer: Timer) -> None:
    after = timer.data.get("after")
    await retargeting.follow_agreement(session, agreement_id=timer.subject_id, after=UUID(after) if after else None)
