"""Answering a call-up, and the moves of a reservation. Each move is booked in the ledger beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.depots import queries as depots
from services.inventory.ledger import actions as ledger
from services.inventory.ledger import queries as stock
from services.inventory.offers import queries as offers
from services.inventory.offers.domain import Offer, as_information, ranked
from services.inventory.parts import queries as parts
from services.inventory.reservations import domain, queries
from services.inventory.reservations.models import Reservation
from services.inventory.settings import Settings
from shared.audit import note
from shared.db import as_record, context, settings_of
from shared.events.escalation import PartsCalledUp
from shared.events.inventory import (
    PartIssued,
    PartReserved,
    PartUsed,
    ReservationExpired,
    ReservationRefused,
    ReservationReleased,
)
from shared.moves import moved
from shared.outbox import emit
from shared.timers import arm, cancel

EXPIRY = "reservation_expiry"


async def answer_call_up(session: AsyncSession, call_up: PartsCalledUp) -> None:
    """Reserve what was called up at the best depot, or say why not: out_of_stock or unknown_part."""
    part = await parts.part_numbered(session, call_up.part_number)
    if part is None:
        _refuse(session, call_up, "unknown_part", [])
        return
    found = await offers.offers_of(session, part.id, call_up.site_id)
    for offer in ranked(found, call_up.quantity):
        balances = await stock.locked_balances(session, (part.id, offer.depot_id), ("good",))
        if balances["good"].quantity >= call_up.quantity:
            await _reserve(session, call_up, part, offer, as_information(found))
            return
    _refuse(session, call_up, "out_of_stock", found)


async def _reserve(
    session: AsyncSession, call_up: PartsCalledUp, part: Any, offer: Offer, information: dict[str, Any]
) -> None:
    """Hold the quantity at the depot, tell by when it comes, and arm the end of the hold."""
    depot = await depots.depot(session, offer.depot_id)
    now, terms = context(session).now, _terms(session)
    reservation = Reservation(
        customer_id=call_up.customer_id,
        call_up_id=call_up.call_up_id,
        incident_id=call_up.incident_id,
        number=call_up.number,
        site_id=call_up.site_id,
        part_id=part.id,
        part_number=part.part_number,
        part_name_zh=part.name_zh,
        part_name_en=part.name_en,
        quantity=call_up.quantity,
        depot_id=depot.id,
        depot_name_zh=depot.name_zh,
        depot_name_en=depot.name_en,
        state="reserved",
        reserved_at=now,
        promised_at=terms.promised_at(now, near=offer.near),
        expires_at=terms.expires_at(now),
    )
    session.add(reservation)
    await session.flush()
    await _book(session, "reserve", reservation)
    await arm(
        session,
        EXPIRY,
        reservation.id,
        reservation.expires_at,
        customer_id=reservation.customer_id,
        correlation_id=reservation.incident_id,
    )
    after = as_record(reservation, "part_number", "quantity", "depot_id", "state", "promised_at", "expires_at")
    note(session, reservation.id, "reserve", after=after, information=information, customer_id=call_up.customer_id)
    _say_reserved(session, reservation, depot.keeper_id)


async def issue(session: AsyncSession, *, reservation_id: UUID) -> Reservation:
    """Hand the part out. Raises NotTheKeeper for anybody but that depot's keeper, IllegalMove."""
    reservation = await _disarmed(session, reservation_id)
    await depots.own_depot(session, reservation.depot_id)
    done = await _move(session, reservation, "issue")
    depot = {"depot_name_zh": reservation.depot_name_zh, "depot_name_en": reservation.depot_name_en}
    emit(session, PartIssued(**_facts(reservation), **depot, **done))
    return reservation


async def use(session: AsyncSession, *, reservation_id: UUID) -> Reservation:
    """The engineer built the part in. Raises IllegalMove."""
    reservation = await queries.locked_reservation(session, reservation_id)
    done = await _move(session, reservation, "use")
    emit(session, PartUsed(**_facts(reservation), **done))
    return reservation


async def release(session: AsyncSession, *, reservation_id: UUID) -> Reservation:
    """The part is not needed after all; it is free again. Raises IllegalMove."""
    reservation = await _disarmed(session, reservation_id)
    done = await _move(session, reservation, "release")
    emit(session, ReservationReleased(**_facts(reservation), **done))
    return reservation


async def expire(session: AsyncSession, *, reservation_id: UUID) -> None:
    """Nobody fetched the part in time. Does nothing when it was issued or released meanwhile."""
    reservation = await queries.locked_reservation(session, reservation_id)
    if reservation.state != "reserved":
        return
    await _move(session, reservation, "expire")
    emit(session, ReservationExpired(**_facts(reservation)))


async def _disarmed(session: AsyncSession, reservation_id: UUID) -> Reservation:
    """The reservation, locked, and then its end disarmed: a timer that fires takes the two in that order too."""
    reservation = await queries.locked_reservation(session, reservation_id)
    await cancel(session, EXPIRY, reservation_id)
    return reservation


async def _move(session: AsyncSession, reservation: Reservation, move: str) -> dict[str, Any]:
    """Move and book. Returns who did it and when, as the columns of the new state keep it."""
    before, state = reservation.state, moved(domain.MOVES, reservation.state, move)
    reservation.state = state
    reservation.version += 1
    done: dict[str, Any] = {f"{state}_at": context(session).now}
    if state != "expired":
        done[f"{state}_by"] = context(session).person_id
    for name, value in done.items():
        setattr(reservation, name, value)
    await _book(session, move, reservation)
    after = as_record(reservation, "state", *done)
    note(session, reservation.id, move, before={"state": before}, after=after, customer_id=reservation.customer_id)
    return done


async def _book(session: AsyncSession, booking: str, reservation: Reservation) -> None:
    place = (reservation.part_id, reservation.depot_id)
    await ledger.book(session, booking, place, reservation.quantity, reservation_id=reservation.id)


def _refuse(session: AsyncSession, call_up: PartsCalledUp, reason: str, found: list[Offer]) -> None:
    facts = call_up.model_dump(include={"part_number", "quantity"})
    note(
        session,
        call_up.call_up_id,
        "refuse_reservation",
        after=facts | {"reason": reason},
        information=as_information(found),
        customer_id=call_up.customer_id,
    )
    whose = call_up.model_dump(include={"call_up_id", "incident_id", "customer_id", "number"})
    emit(session, ReservationRefused(**whose, **facts, reason=reason))


def _say_reserved(session: AsyncSession, reservation: Reservation, keeper_id: UUID) -> None:
    told = ("call_up_id", "number", "part_name_zh", "part_name_en", "depot_id", "depot_name_zh", "depot_name_en")
    times = ("promised_at", "expires_at")
    more = {name: getattr(reservation, name) for name in (*told, *times)}
    emit(session, PartReserved(**_facts(reservation), **more, keeper_id=keeper_id))


def _facts(reservation: Reservation) -> dict[str, Any]:
    """What every event about a reservation states."""
    return {
        "reservation_id": reservation.id,
        "incident_id": reservation.incident_id,
        "customer_id": reservation.customer_id,
        "part_number": reservation.part_number,
        "quantity": reservation.quantity,
    }


def _terms(session: AsyncSession) -> domain.Terms:
    settings = settings_of(session, Settings)
    return domain.Terms(
        near=timedelta(seconds=settings.near_promise_seconds),
        far=timedelta(seconds=settings.far_promise_seconds),
        hold=timedelta(seconds=settings.hold_seconds),
    )
