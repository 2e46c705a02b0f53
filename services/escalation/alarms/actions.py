"""Raising alarms, taking them on, and stopping those that have lost their point."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.alarms import queries
from services.escalation.alarms.domain import MOVES, Reason
from services.escalation.alarms.models import Alarm
from services.escalation.copies import queries as copies
from shared.audit import note
from shared.db import as_record, because_of, check_version, context
from shared.events.escalation import AlarmAcknowledged, AlarmRaised, AlarmStopped
from shared.moves import moved
from shared.outbox import emit


async def raise_alarm(
    session: AsyncSession,
    reason: Reason,
    *,
    detail: str,
    about_id: UUID,
    incident_id: UUID,
    customer_id: UUID,
    number: str,
) -> Alarm:
    alarm = Alarm(
        customer_id=customer_id,
        incident_id=incident_id,
        number=number,
        reason=reason.value,
        detail=detail,
        about_id=about_id,
        recipient_ids=list(await queries.recipients(session, customer_id, reason)),
        raised_at=context(session).now,
    )
    session.add(alarm)
    await session.flush()
    after = as_record(alarm, "reason", "detail", "about_id", "recipient_ids")
    note(session, alarm.id, "raise_alarm", after=after, customer_id=customer_id)
    emit(
        session,
        AlarmRaised(
            alarm_id=alarm.id,
            incident_id=incident_id,
            customer_id=customer_id,
            number=number,
            reason=alarm.reason,
            detail=detail,
            recipient_ids=tuple(alarm.recipient_ids),
            raised_at=alarm.raised_at,
        ),
        by_itself=True,
    )
    return alarm


async def raise_unless_standing(
    session: AsyncSession,
    reason: Reason,
    *,
    detail: str,
    about_id: UUID,
    incident_id: UUID,
    customer_id: UUID,
    number: str,
) -> None:
    """An alarm that was raised for the same before, and still stands, is enough."""
    standing = await queries.locked_alarms_about(session, reason, about_id)
    if all(alarm.detail != detail for alarm in standing):
        await raise_alarm(
            session,
            reason,
            detail=detail,
            about_id=about_id,
            incident_id=incident_id,
            customer_id=customer_id,
            number=number,
        )


async def acknowledge_alarm(session: AsyncSession, *, alarm_id: UUID) -> Alarm:
    """A person takes the alarm on. Raises AlarmNotFound, IllegalMove."""
    person_id, now = copies.acting_person_id(session), context(session).now
    alarm = await queries.locked_alarm(session, alarm_id)
    check_version(session, alarm.version)
    _move(session, alarm, "acknowledge")
    alarm.acknowledged_by, alarm.acknowledged_at = person_id, now
    emit(
        session,
        AlarmAcknowledged(
            alarm_id=alarm.id,
            incident_id=alarm.incident_id,
            customer_id=alarm.customer_id,
            acknowledged_by=person_id,
            acknowledged_at=now,
        ),
    )
    return alarm


async def stop_alarms_of(session: AsyncSession, *, incident_id: UUID) -> None:
    """The incident is over: none of its alarms asks for anything any more."""
    _stop(session, await queries.locked_alarms_of(session, incident_id))


async def stop_alarms_about(session: AsyncSession, reason: Reason, *about_ids: UUID, but: Collection[str] = ()) -> None:
    """What the alarms were raised for holds no more, but for these details. It is said."""
    standing = await queries.locked_alarms_about(session, reason, *about_ids)
    for alarm in (alarm for alarm in standing if alarm.detail not in but):
        _stop_and_say(session, alarm)


async def stop_alarms_of_clocks(session: AsyncSession, running: Mapping[UUID, UUID]) -> None:
    """These clocks, by id, can be kept again because of the events with these ids."""
    for alarm in await queries.locked_alarms_about(session, Reason.CLOCK_BREACHED, *running):
        with because_of(session, running[alarm.about_id]):
            _stop_and_say(session, alarm)


def _stop_and_say(session: AsyncSession, alarm: Alarm) -> None:
    _stop(session, [alarm])
    stopped = AlarmStopped(
        alarm_id=alarm.id,
        incident_id=alarm.incident_id,
        customer_id=alarm.customer_id,
        number=alarm.number,
        reason=alarm.reason,
        detail=alarm.detail,
        stopped_at=context(session).now,
    )
    emit(session, stopped, by_itself=True)


def _stop(session: AsyncSession, alarms: Sequence[Alarm]) -> None:
    for alarm in alarms:
        _move(session, alarm, "stop")
        alarm.stopped_at = context(session).now


def _move(session: AsyncSession, alarm: Alarm, move: str) -> None:
    before = as_record(alarm, "state")
    alarm.state = moved(MOVES, alarm.state, move, by_itself=("stop",))
    alarm.version += 1
    after = as_record(alarm, "state")
    note(session, alarm.id, f"{move}_alarm", before=before, after=after, customer_id=alarm.customer_id)
