"""What inventory listens to: each event to one action."""

from __future__ import annotations

from services.inventory.depots import actions as depots
from services.inventory.offers import actions as offers
from services.inventory.reservations import actions as reservations
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.contracts import SiteChanged
from shared.events.escalation import PartsCalledUp
from shared.events.gateway import PersonChanged

consumers = Consumers()


@consumers.on_envelope(PersonChanged, history=True)
async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    """Keep who may be named keeper of a depot."""
    await depots.copy_person(session, PersonChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on_envelope(SiteChanged, history=True)
async def copy_site(session: AsyncSession, envelope: Envelope) -> None:
    """Keep in which region each site is."""
    await offers.copy_site(session, SiteChanged.model_validate(envelope.data), envelope.sequence)


@consumers.on(PartsCalledUp)
async def reserve_part(session: AsyncSession, event: PartsCalledUp) -> None:
    """Reserve the part at the best depot, or refuse with the reason."""
    await reservations.answer_call_up(session, event)
