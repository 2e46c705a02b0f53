"""What contracts listens to: the people it names, and what is counted against what a contract grants."""

from __future__ import annotations

from services.contracts.copies.actions import keep_person
from services.contracts.entitlements.actions import count_time, count_visit, take_time_back
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.gateway import PersonChanged
from shared.events.incidents import TimeSpent, TimeWithdrawn, VisitCompleted

consumers = Consumers()


@consumers.on_envelope(PersonChanged, history=True)
async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    """Keeps our copy of people up to date."""
    await keep_person(session, PersonChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on_envelope(VisitCompleted)
async def use_entitlement(session: AsyncSession, envelope: Envelope) -> None:
    """Counts a visit against what the contract grants."""
    visit = VisitCompleted.model_validate(envelope.data)
    await count_visit(session, visit, source_event_id=envelope.id)


@consumers.on_envelope(TimeSpent)
async def use_hours(session: AsyncSession, envelope: Envelope) -> None:
    """Counts time spent against what the contract grants."""
    await count_time(session, TimeSpent.model_validate(envelope.data), source_event_id=envelope.id)


@consumers.on_envelope(TimeWithdrawn, name="use_hours")
async def take_hours_back(session: AsyncSession, envelope: Envelope) -> None:
    """Takes back time that was counted by mistake."""
    await take_time_back(session, TimeWithdrawn.model_validate(envelope.data), source_event_id=envelope.id)
