"""What incidents listens to: reference data it copies, milestones of others, and all that belongs in a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.incidents.copies.actions import COPIES, follow_from_now, keep_copy
from services.incidents.milestones import actions as milestones
from services.incidents.timeline import actions as timeline
from services.incidents.timeline.domain import TOLD
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.contracts import AgreementChanged
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    ActivationWithdrawn,
    EngagementMoved,
    PartyEngaged,
    SuperiorInformed,
)

consumers = Consumers()
COPIED = {kind.type: kind for kind in COPIES}


@consumers.on_envelope(*COPIES, history=True)
async def copy_reference_data(session: AsyncSession, envelope: Envelope) -> None:
    """Keeps our copy of reference data up to date."""
    await keep_copy(session, COPIED[envelope.type].model_validate(envelope.data), envelope.sequence)


@consumers.on_envelope(AgreementChanged, history=True)
async def follow_agreement(session: AsyncSession, envelope: Envelope) -> None:
    """Open clocks follow a corrected calendar, an amendment for open incidents, a withdrawal; cover may be found."""
    await follow_from_now(session, UUID(envelope.subject))


@consumers.on_envelopes(*TOLD, history=True)
async def tell_timeline(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Adds events to the timelines of their incidents."""
    await timeline.record(session, envelopes)


@consumers.on(ActivationRequested)
async def start_decision_clock(session: AsyncSession, event: ActivationRequested) -> None:
    """The promise to request a plan is kept; the promise to decide on it begins."""
    await milestones.note_plan_requested(
        session, incident_id=event.incident_id, activation_id=event.activation_id, at=event.requested_at
    )


@consumers.on(ActivationAuthorised)
async def stop_decision_clock(session: AsyncSession, event: ActivationAuthorised) -> None:
    """The promise to decide on a plan is kept."""
    await milestones.note_plan_decided(
        session, incident_id=event.incident_id, activation_id=event.activation_id, at=event.decided_at
    )


@consumers.on(ActivationRefused)
async def stop_decision_clock_too(session: AsyncSession, event: ActivationRefused) -> None:
    """To refuse is to decide: the promise is kept."""
    await milestones.note_plan_decided(
        session, incident_id=event.incident_id, activation_id=event.activation_id, at=event.decided_at
    )


@consumers.on(ActivationWithdrawn)
async def drop_decision_clock(session: AsyncSession, event: ActivationWithdrawn) -> None:
    """Nobody needs to decide on the request any more."""
    await milestones.note_plan_withdrawn(session, incident_id=event.incident_id, activation_id=event.activation_id)


@consumers.on(SuperiorInformed)
async def stop_superior_clock(session: AsyncSession, event: SuperiorInformed) -> None:
    """The promise to tell the superior authority is kept."""
    await milestones.note_superior_told(session, incident_id=event.incident_id, at=event.informed_at)


@consumers.on(PartyEngaged)
async def start_vendor_clock(session: AsyncSession, event: PartyEngaged) -> None:
    """What the external party owes us begins to run."""
    await milestones.note_engaged(
        session, incident_id=event.incident_id, engagement_id=event.engagement_id, at=event.contacted_at
    )


@consumers.on(EngagementMoved)
async def stop_vendor_clock(session: AsyncSession, event: EngagementMoved) -> None:
    """The external party is done."""
    if event.state == "done":
        await milestones.note_engagement_done(
            session, incident_id=event.incident_id, engagement_id=event.engagement_id, at=event.moved_at
        )
