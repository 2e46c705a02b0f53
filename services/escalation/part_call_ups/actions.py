"""Calling parts up, and taking the store's answer: a reservation, a refusal, or none in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.activations import queries as activations
from services.escalation.alarms import actions as alarms
from services.escalation.alarms.domain import Reason
from services.escalation.copies import queries as copies
from services.escalation.part_call_ups import queries
from services.escalation.part_call_ups.domain import CALLED_UP, MOVES
from services.escalation.part_call_ups.models import PartCallUp
from services.escalation.settings import Settings
from shared.audit import note
from shared.db import as_record, context, settings_of
from shared.events.escalation import PartsCalledUp
from shared.events.inventory import PartReserved, ReservationExpired, ReservationRefused, ReservationReleased
from shared.moves import moved
from shared.outbox import emit
from shared.timers import arm, cancel, cancel_many

UNANSWERED = "parts_unanswered"
"""The timer of a call-up that the store does not answer. Who takes it back has locked the call-up first, as it does
itself when it fires: the two never wait for each other.
"""


async def call_up_parts(
    session: AsyncSession, *, incident_id: UUID, part_number: str, quantity: int, activation_id: UUID | None
) -> PartCallUp:
    """Ask the store for a part. Raises IncidentNotFound, IncidentIsClosed, ActivationNotFound."""
    now = context(session).now
    incident = await copies.open_incident(session, incident_id, held=True)
    if activation_id is not None:
        await activations.activation_for(session, activation_id, incident_id)
    call_up = PartCallUp(
        customer_id=incident.customer_id,
        incident_id=incident.id,
        number=incident.number,
        activation_id=activation_id,
        part_number=part_number,
        quantity=quantity,
        site_id=incident.site_id,
        called_up_by=copies.acting_person_id(session),
        called_up_at=now,
    )
    session.add(call_up)
    await session.flush()
    after = as_record(call_up, "part_number", "quantity", "site_id", "activation_id")
    note(session, call_up.id, "call_up_parts", after=after, customer_id=call_up.customer_id)
    emit(
        session,
        PartsCalledUp(
            call_up_id=call_up.id,
            incident_id=incident.id,
            customer_id=incident.customer_id,
            number=incident.number,
            activation_id=activation_id,
            part_number=part_number,
            quantity=quantity,
            site_id=incident.site_id,
            called_up_at=now,
        ),
    )
    await arm(
        session,
        UNANSWERED,
        call_up.id,
        now + timedelta(seconds=settings_of(session, Settings).parts_seconds),
        customer_id=call_up.customer_id,
        correlation_id=incident.id,
    )
    return call_up


async def record_reservation(session: AsyncSession, reserved: PartReserved) -> None:
    call_up = await _answered(session, reserved.call_up_id, "reserve")
    call_up.reservation_id, call_up.promised_at = reserved.reservation_id, reserved.promised_at
    call_up.depot_name_zh, call_up.depot_name_en = reserved.depot_name_zh, reserved.depot_name_en
    after = as_record(call_up, "state", "reservation_id", "depot_name_zh", "promised_at")
    note(session, call_up.id, "record_reservation", after=after, customer_id=call_up.customer_id)


async def record_refusal(session: AsyncSession, refused: ReservationRefused) -> None:
    """The store cannot give the part: somebody must find another way."""
    call_up = await _answered(session, refused.call_up_id, "refuse")
    call_up.refusal = refused.reason
    after = as_record(call_up, "state", "refusal")
    note(session, call_up.id, "record_refusal", after=after, customer_id=call_up.customer_id)
    await _alarm(session, call_up, Reason.RESERVATION_REFUSED)


async def record_expiry(session: AsyncSession, expired: ReservationExpired) -> None:
    """Nobody fetched the part in time, and the store gave it free: somebody must see to it, unless all is over."""
    call_up = await _given_free(session, expired, "expire")
    if not await copies.is_over(session, call_up.incident_id):
        await _alarm(session, call_up, Reason.RESERVATION_EXPIRED)


async def record_release(session: AsyncSession, released: ReservationReleased) -> None:
    """The part is not needed after all."""
    await _given_free(session, released, "release")


async def escalate_unanswered(session: AsyncSession, *, call_up_id: UUID) -> None:
    """The store did not answer in time. Its answer is still awaited."""
    call_up = await queries.locked_call_up(session, call_up_id)
    if call_up.state != CALLED_UP:
        return
    call_up.unanswered_at = context(session).now
    call_up.version += 1
    after = as_record(call_up, "unanswered_at")
    note(session, call_up.id, "escalate_unanswered", after=after, customer_id=call_up.customer_id)
    await _alarm(session, call_up, Reason.PARTS_UNANSWERED)


async def stop_waiting(session: AsyncSession, *, incident_id: UUID) -> None:
    """The incident is over: nobody is alarmed any more for an answer that is still out."""
    unanswered = await queries.locked_unanswered(session, incident_id)
    await cancel_many(session, [UNANSWERED], [call_up.id for call_up in unanswered])


async def _answered(session: AsyncSession, call_up_id: UUID, move: str) -> PartCallUp:
    call_up = await queries.locked_call_up(session, call_up_id)
    call_up.state = moved(MOVES, call_up.state, move)
    await cancel(session, UNANSWERED, call_up_id)
    call_up.answered_at = context(session).now
    call_up.version += 1
    await alarms.stop_alarms_about(session, Reason.PARTS_UNANSWERED, call_up.id)
    return call_up


async def _given_free(session: AsyncSession, event: ReservationExpired | ReservationReleased, move: str) -> PartCallUp:
    """Move the call-up whose reservation has ended. Raises ReservationNotFound, IllegalMove."""
    call_up = await queries.locked_call_up_of(session, event.incident_id, event.reservation_id)
    before = as_record(call_up, "state")
    call_up.state = moved(MOVES, call_up.state, move)
    call_up.version += 1
    after = as_record(call_up, "state")
    note(session, call_up.id, f"record_{call_up.state}", before=before, after=after, customer_id=call_up.customer_id)
    return call_up


async def _alarm(session: AsyncSession, call_up: PartCallUp, reason: Reason) -> None:
    await alarms.raise_alarm(
        session,
        reason,
        detail=f"{call_up.quantity} × {call_up.part_number}",
        about_id=call_up.id,
        incident_id=call_up.incident_id,
        customer_id=call_up.customer_id,
        number=call_up.number,
    )
