"""What escalation does on time: nobody answered."""

from __future__ import annotations

from services.escalation.activations import actions as activations
from services.escalation.part_call_ups import actions as part_call_ups
from shared.db import AsyncSession
from shared.timers import Jobs, Timer

jobs = Jobs()


@jobs.due(activations.UNANSWERED)
async def escalate_unanswered_activation(session: AsyncSession, timer: Timer) -> None:
    await activations.escalate_unanswered(session, activation_id=timer.subject_id)


@jobs.due(part_call_ups.UNANSWERED)
async def escalate_unanswered_call_up(session: AsyncSession, timer: Timer) -> None:
    await part_call_ups.escalate_unanswered(session, call_up_id=timer.subject_id)
