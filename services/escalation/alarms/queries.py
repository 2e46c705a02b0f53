"""What can be asked about alarms."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.alarms.domain import Reason, concerned
from services.escalation.alarms.models import Alarm
from services.escalation.copies import queries as copies
from shared.errors import NotFound
from shared.paging import Page
from shared.permissions import Role


class AlarmNotFound(NotFound):
    code = "alarm_not_found"
    en = "There is no alarm {alarm_id}."
    zh = "没有告警 {alarm_id}。"


async def alarm(session: AsyncSession, alarm_id: UUID) -> Alarm:
    found = await session.get(Alarm, alarm_id)
    if found is None:
        raise AlarmNotFound(alarm_id=alarm_id)
    return found


async def locked_alarm(session: AsyncSession, alarm_id: UUID) -> Alarm:
    found = await session.get(Alarm, alarm_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise AlarmNotFound(alarm_id=alarm_id)
    return found


async def alarms_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Alarm]:
    wanted = select(Alarm)
    if incident_id is not None:
        wanted = wanted.where(Alarm.incident_id == incident_id)
    return (await session.scalars(page.of(wanted, Alarm.id))).all()


async def locked_alarms_of(session: AsyncSession, incident_id: UUID) -> Sequence[Alarm]:
    """All alarms of the incident that still stand."""
    return await _standing(session, Alarm.incident_id == incident_id)


async def locked_alarms_about(session: AsyncSession, reason: Reason, *about_ids: UUID) -> Sequence[Alarm]:
    """The alarms for one reason about these records that still stand."""
    return await _standing(session, Alarm.about_id.in_(about_ids) & (Alarm.reason == reason.value))


async def _standing(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[Alarm]:
    standing = select(Alarm).where(which, Alarm.state != "stopped").order_by(Alarm.id).with_for_update()
    return (await session.scalars(standing)).all()


async def recipients(session: AsyncSession, customer_id: UUID, reason: Reason) -> tuple[UUID, ...]:
    """Whom an alarm goes to: those of the customer's organisation who can be reached, else the service desk."""
    organisation = await copies.organisation_of(session, customer_id)
    people = concerned(
        reason,
        team=organisation.team_ids,
        leaders=organisation.leader_ids,
        superiors=organisation.superior_ids,
    )
    return await copies.reachable(session, people) or await copies.people_in(session, Role.DESK)
