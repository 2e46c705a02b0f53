"""Entering time and withdrawing it: each person their own."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.incidents.queries import incident
from services.incidents.time_spent import domain, queries
from services.incidents.time_spent.models import TimeEntry
from shared.audit import note as note_down
from shared.auth import Principal
from shared.db import as_record, context
from shared.errors import Conflict, Forbidden
from shared.events import Event
from shared.events.incidents import TimeSpent, TimeWithdrawn
from shared.outbox import emit


class NotYourTime(Forbidden):
    code = "not_your_time"
    en = "Only who spent the time can withdraw it."
    zh = "只有本人才能撤回自己的工时。"


class TimeWithdrawnAlready(Conflict):
    code = "time_withdrawn_already"
    en = "This entry was withdrawn already."
    zh = "该工时记录已撤回。"


async def enter_time(
    session: AsyncSession,
    *,
    incident_id: UUID,
    work: domain.Work,
    minutes: int,
    spent_on: date,
    note: str | None,
    service_item: str,
    by: Principal,
) -> TimeEntry:
    """Enter one's own time, also after the incident is closed. Raises IncidentNotFound, SpentBefore, NotYetSpent."""
    now = context(session).now
    found = await incident(session, incident_id)
    domain.require_spent(spent_on, found.reported_at.astimezone(UTC).date(), now.astimezone(UTC).date())
    entry = TimeEntry(
        id=uuid7(),
        incident_id=found.id,
        customer_id=found.customer_id,
        contract_number=found.contract_number,
        person_id=by.id,
        person_name=by.name,
        work=work,
        minutes=minutes,
        spent_on=spent_on,
        note=note,
        entered_at=now,
        service_item=service_item,
    )
    session.add(entry)
    await session.flush()
    _say(session, entry, TimeSpent)
    note_down(session, entry.id, "enter_time", after=as_record(entry, "person_id", "work", "minutes", "spent_on"))
    return entry


async def withdraw_time(session: AsyncSession, *, entry_id: UUID, reason: str, by: Principal) -> TimeEntry:
    """It was a mistake and does not count. Raises TimeEntryNotFound, NotYourTime, TimeWithdrawnAlready."""
    entry = await queries.locked_entry(session, entry_id)
    if by.id != entry.person_id:
        raise NotYourTime()
    if entry.withdrawn_at is not None:
        raise TimeWithdrawnAlready()
    entry.withdrawn_at, entry.withdrawal = context(session).now, reason
    _say(session, entry, TimeWithdrawn, reason_given=reason)
    note_down(session, entry.id, "withdraw_time", after=as_record(entry, "withdrawn_at", "withdrawal"))
    return entry


def _say(session: AsyncSession, entry: TimeEntry, fact: type[Event], **more: Any) -> None:
    own = {name: getattr(entry, name) for name in fact.model_fields if hasattr(entry, name)}
    emit(session, fact(**own, **more, entry_id=entry.id))
