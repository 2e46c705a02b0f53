"""What escalation listens to: an event in, one action done."""

from __future__ import annotations

from collections.abc import Sequence

from services.escalation.activations import actions as activations
from services.escalation.alarms import actions as alarms
from services.escalation.alarms.domain import Reason
from services.escalation.copies import actions as copies
from services.escalation.copies.domain import MOVES
from services.escalation.emergencies import actions as emergencies
from services.escalation.part_call_ups import actions as part_call_ups
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession
from shared.events.contracts import EmergencyOrganisationChanged
from shared.events.gateway import PersonChanged
from shared.events.incidents import (
    ClockBreached,
    ClocksArmed,
    ClockStopped,
    IncidentCancelled,
    IncidentClassified,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentUnmerged,
)
from shared.events.inventory import PartReserved, ReservationExpired, ReservationRefused, ReservationReleased

consumers = Consumers()
Over = IncidentClosed | IncidentCancelled | IncidentMerged
Back = IncidentReopened | IncidentUnmerged


@consumers.on_envelopes(*MOVES, history=True)
async def copy_incident(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Keep the incident's public facts."""
    await copies.copy_incidents(session, envelopes)


@consumers.on_envelope(EmergencyOrganisationChanged, history=True)
async def copy_organisation(session: AsyncSession, envelope: Envelope) -> None:
    """Keep the customer's emergency organisation."""
    await copies.copy_organisation(session, envelope)


@consumers.on_envelope(PersonChanged, history=True)
async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    """Keep the person's names and roles."""
    await copies.copy_person(session, envelope)


@consumers.on(EmergencyOrganisationChanged)
async def tell_of_open_emergencies(session: AsyncSession, event: EmergencyOrganisationChanged) -> None:
    """Tell those of open emergencies whom nobody could tell before."""
    await emergencies.tell_of_open_emergencies(session, customer_id=event.customer_id)


@consumers.on(IncidentClassified)
async def open_emergency(session: AsyncSession, event: IncidentClassified) -> None:
    """Open an emergency where the classification calls for one, and tell those who must know."""
    await emergencies.assess_incident(session, event)


@consumers.on(IncidentClosed)
@consumers.on(IncidentCancelled)
@consumers.on(IncidentMerged)
async def close_emergency(session: AsyncSession, event: Over) -> None:
    """Close the incident's emergency."""
    await emergencies.close_emergency(session, incident_id=event.incident_id)


@consumers.on(IncidentReopened)
@consumers.on(IncidentUnmerged)
async def reopen_emergency(session: AsyncSession, event: Back) -> None:
    """Open the emergency again that ended with the incident, and tell those who must know."""
    await emergencies.reopen_emergency(session, incident_id=event.incident_id)


@consumers.on(IncidentClosed)
@consumers.on(IncidentCancelled)
@consumers.on(IncidentMerged)
async def withdraw_requests(session: AsyncSession, event: Over) -> None:
    """Withdraw activation requests that nobody has decided."""
    await activations.withdraw_requests(session, incident_id=event.incident_id)


@consumers.on(IncidentClosed)
@consumers.on(IncidentCancelled)
@consumers.on(IncidentMerged)
async def stop_waiting_for_parts(session: AsyncSession, event: Over) -> None:
    """Alarm nobody any more for a part that was called up."""
    await part_call_ups.stop_waiting(session, incident_id=event.incident_id)


@consumers.on(IncidentClosed)
@consumers.on(IncidentCancelled)
@consumers.on(IncidentMerged)
async def stop_alarms(session: AsyncSession, event: Over) -> None:
    """Stop all alarms of the incident."""
    await alarms.stop_alarms_of(session, incident_id=event.incident_id)


@consumers.on(ClockBreached)
async def raise_alarm(session: AsyncSession, event: ClockBreached) -> None:
    """Alarm the emergency team of a broken promise."""
    await alarms.raise_unless_standing(
        session,
        Reason.CLOCK_BREACHED,
        detail=event.kind,
        about_id=event.clock_id or event.incident_id,
        incident_id=event.incident_id,
        customer_id=event.customer_id,
        number=event.number,
    )


@consumers.on_envelopes(ClocksArmed)
async def stop_alarms_of_running_promises(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Stop the alarms of broken promises that run again and can still be kept."""
    armed = [(each, clock) for each in envelopes for clock in ClocksArmed.model_validate(each.data).clocks]
    running = {clock.clock_id: each.id for each, clock in armed if clock.due_at > each.time}
    await alarms.stop_alarms_of_clocks(session, running)


@consumers.on(ClockStopped)
async def stop_alarms_of_a_promise_not_broken(session: AsyncSession, event: ClockStopped) -> None:
    """Stop the alarm of a promise that was judged again and was not broken after all."""
    if event.clock_id and event.outcome != "breached":
        await alarms.stop_alarms_about(session, Reason.CLOCK_BREACHED, event.clock_id)


@consumers.on(PartReserved)
async def record_reservation(session: AsyncSession, event: PartReserved) -> None:
    """Note that the part called up is reserved."""
    await part_call_ups.record_reservation(session, event)


@consumers.on(ReservationRefused)
async def record_refusal(session: AsyncSession, event: ReservationRefused) -> None:
    """Note that the part called up is not to be had, and alarm the emergency team."""
    await part_call_ups.record_refusal(session, event)


@consumers.on(ReservationExpired)
async def record_expiry(session: AsyncSession, event: ReservationExpired) -> None:
    """Note that the part reserved was not fetched in time, and alarm the emergency team."""
    await part_call_ups.record_expiry(session, event)


@consumers.on(ReservationReleased)
async def record_release(session: AsyncSession, event: ReservationReleased) -> None:
    """Note that the part reserved is not needed after all."""
    await part_call_ups.record_release(session, event)
