"""What feedback does on time."""

from __future__ import annotations

from services.feedback.surveys import actions as surveys
from shared.db import AsyncSession
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(surveys.REMINDER)
async def remind_contact(session: AsyncSession, timer: Timer) -> None:
    """Ask once more when there is no answer yet."""
    await surveys.remind(session, survey_id=timer.subject_id)


@jobs.due(surveys.EXPIRY)
async def expire_survey(session: AsyncSession, timer: Timer) -> None:
    """Close what nobody answered."""
    await surveys.expire(session, survey_id=timer.subject_id)
