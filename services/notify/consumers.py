"""What notify listens to: each event to one action."""

from __future__ import annotations

from collections.abc import Sequence

from services.notify.deliveries import actions as deliveries
from services.notify.messages import actions as messages
from services.notify.messages.domain import TOLD_EVENTS
from services.notify.recipients import actions as recipients
from services.notify.watchers import actions as watchers
from services.notify.webhooks.public import PUBLIC_EVENTS
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.contracts import DepartmentChanged
from shared.events.gateway import PersonChanged
from shared.events.incidents import WatchersChanged

consumers = Consumers()


@consumers.on_envelope(PersonChanged, history=True)
async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    """Keep how to reach each person."""
    await recipients.copy_person(session, PersonChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on_envelope(DepartmentChanged, history=True)
async def copy_department(session: AsyncSession, envelope: Envelope) -> None:
    """Keep how to reach each business department."""
    await recipients.copy_department(session, DepartmentChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on_envelope(WatchersChanged)
async def keep_watchers(session: AsyncSession, envelope: Envelope) -> None:
    """Keep who watches each incident."""
    await watchers.keep_watchers(session, WatchersChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on_envelopes(*TOLD_EVENTS)
async def write_messages(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Tell the people whom the rules name."""
    await messages.write_messages(session, envelopes)


@consumers.on_envelopes(*PUBLIC_EVENTS)
async def write_deliveries(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Tell the customer's systems that want to know."""
    await deliveries.write_deliveries(session, envelopes)
