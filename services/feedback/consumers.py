"""What feedback listens to."""

from __future__ import annotations

from services.feedback.surveys import actions as surveys
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.incidents import IncidentClosed

consumers = Consumers()


@consumers.on(IncidentClosed)
async def ask_contact(session: AsyncSession, event: IncidentClosed) -> None:
    """Ask the contact of the incident what they think of the service."""
    await surveys.ask_contact(session, event)
