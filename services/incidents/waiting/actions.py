"""Pausing and resuming an incident. Its clocks stand still meanwhile; the customer sees each pause, may dispute it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.copies import queries as copies
from services.incidents.incidents import domain as incidents
from services.incidents.incidents.actions import (
    END_PAUSE,
    end_pauses_that_are_over,
    move_incident,
    note_incident,
    run_on,
    say,
)
from services.incidents.incidents.queries import locked_incident
from services.incidents.pauses import actions as pauses
from services.incidents.pauses import queries
from services.incidents.pauses.domain import Allowance, Reason, latest_end, planned_end
from services.incidents.waiting import domain
from shared import timers
from shared.auth import Principal
from shared.db import as_record, check_version, context
from shared.events import Event
from shared.events.incidents import IncidentPaused, PauseDisputed, PauseReplanned, PauseSettled
from shared.zones import utc

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident
    from services.incidents.pauses.models import Pause

OF_PAUSE = frozenset({"reason", "evidence", "from_at", "until_at", "planned_until_at"}) | frozenset(
    {"dispute", "disputed_by", "settlement", "settled_by"}
)
"""What the facts about a pause take from its row."""


async def pause_incident(
    session: AsyncSession, *, incident_id: UUID, reason: Reason, evidence: str, until: datetime | None
) -> Incident:
    """Let the time stand still, at most until the planned end or as long as the agreement's total allows.

    Raises IllegalMove, PauseNotAgreed, PauseCapUsed, PauseOverCap, PauseEndsBeforeNow.
    """
    incident = await move_incident(session, incident_id, "pause")
    now = context(session).now
    so_far = (await queries.stretches_of(session, [incident.id]))[incident.id]
    allowance = await _allowance(session, incident)
    end = planned_end(allowance, so_far, reason, until and utc(until), now)
    pause = await pauses.begin_pause(
        session,
        incident_id=incident.id,
        customer_id=incident.customer_id,
        reason=reason,
        evidence=evidence,
        planned_until_at=end,
        asked_until_at=until and utc(until),
    )
    await _arm_end(session, incident, end)
    _say(session, incident, pause, IncidentPaused)
    note_incident(session, incident, "pause", "state", information=as_record(pause, "reason", "evidence"))
    await clocks.retime_clocks(session, incident.id)
    return incident


async def resume_incident(session: AsyncSession, *, incident_id: UUID) -> Incident:
    incident = await move_incident(session, incident_id, "resume")
    await run_on(session, incident, by_itself=False)
    return incident


async def end_pause(session: AsyncSession, *, incident_id: UUID) -> None:
    """The planned end of a pause came. Left alone if the incident waits no longer, or again and longer."""
    await end_pauses_that_are_over(session, [await locked_incident(session, incident_id, for_client=False)])


async def replan_pause(session: AsyncSession, incident: Incident) -> bool:
    """The agreement may say otherwise now how long the incident may wait in all, or a pause that used some of it up was
    struck: the pause that goes on ends by that. Returns whether that changed its end, and the clocks with it.

    One that outlasts a lower cap ended at the cap. One that was to end before now is over, whatever the agreement says.
    """
    pause = await queries.open_pause(session, incident.id)
    if pause is None or pause.ended_at(context(session).now) is not None:
        return False
    stretches = (await queries.stretches_of(session, [incident.id]))[incident.id]
    before = [stretch for stretch in stretches if stretch.from_at < pause.from_at]
    end = latest_end(await _allowance(session, incident), before, pause.from_at, pause.asked_until_at)
    if end == pause.planned_until_at:
        return False
    former, pause.planned_until_at = pause.planned_until_at, end
    pause.version += 1
    await session.flush()
    await timers.cancel(session, END_PAUSE, incident.id)
    await _arm_end(session, incident, end)
    _say(session, incident, pause, PauseReplanned)
    after = as_record(pause, "id", "planned_until_at")
    note_incident(session, incident, "replan_pause", before={"planned_until_at": former}, information=after)
    await clocks.retime_clocks(session, incident.id)
    return True


async def _arm_end(session: AsyncSession, incident: Incident, end: datetime | None) -> None:
    if end is not None:
        wanted = timers.Wanted(END_PAUSE, incident.id, "", end, {}, incident.customer_id, incident.id)
        await timers.arm_each(session, [wanted])


async def dispute_pause(session: AsyncSession, *, pause_id: UUID, dispute: str, by: Principal) -> Pause:
    """The customer says that the time should have counted.

    Raises PauseNotFound, OnlyCustomerDisputes, NotDisputable.
    """
    incident, pause = await _locked(session, pause_id)
    domain.require_disputable(by, reason=pause.reason, is_disputed=pause.disputed_at is not None)
    pause.dispute, pause.disputed_by, pause.disputed_at = dispute, by.id, context(session).now
    pause.version += 1
    await session.flush()
    _say(session, incident, pause, PauseDisputed)
    note_incident(session, incident, "dispute_pause", information=as_record(pause, "id", "dispute"))
    return pause


async def settle_pause(
    session: AsyncSession, *, pause_id: UUID, is_upheld: bool, settlement: str, by: Principal
) -> Pause:
    """Uphold a disputed pause, or strike it: then its time counts, as if the incident had not waited.

    Raises PauseNotFound, NotDisputed, OwnPause.
    """
    incident, pause = await _locked(session, pause_id)
    is_open = pause.disputed_at is not None and pause.settled_at is None
    domain.require_settleable(by, author=pause.author, is_disputed=is_open)
    pause.settlement, pause.settled_by, pause.settled_at = settlement, by.id, context(session).now
    outcome = domain.Settlement.UPHELD if is_upheld else domain.Settlement.STRUCK
    if outcome is domain.Settlement.STRUCK:
        pause.struck_at = pause.settled_at
    pause.version += 1
    incident.version += 1
    await session.flush()
    _say(session, incident, pause, PauseSettled, outcome=outcome)
    after = as_record(pause, "id", "settlement") | {"outcome": outcome.value}
    note_incident(session, incident, "settle_pause", information=after)
    if outcome is domain.Settlement.STRUCK:
        await _count_after_all(session, incident, pause)
    return pause


async def _count_after_all(session: AsyncSession, incident: Incident, struck: Pause) -> None:
    """An open pause ends with that; one before it gives back what it used of the agreed total."""
    if struck.until_at is None:
        incident.state = incidents.moved(incident.state, "resume")
        await run_on(session, incident, by_itself=False)
    elif not await replan_pause(session, incident):
        await clocks.retime_clocks(session, incident.id)


async def _locked(session: AsyncSession, pause_id: UUID) -> tuple[Incident, Pause]:
    """A pause under its incident's lock, at the version that the client expects."""
    found = await queries.pause(session, pause_id)
    incident = await locked_incident(session, found.incident_id, for_client=False)
    pause = await queries.pause(session, pause_id)
    check_version(session, pause.version)
    await end_pauses_that_are_over(session, [incident])
    return incident, pause


async def _allowance(session: AsyncSession, incident: Incident) -> Allowance:
    return domain.allowance(await copies.terms(session, incident.agreement_id))


def _say(session: AsyncSession, incident: Incident, pause: Pause, fact: type[Event], **more: object) -> None:
    own = {name: getattr(pause, name) for name in fact.model_fields if name in OF_PAUSE}
    say(session, incident, fact, pause_id=pause.id, **own, **more)
