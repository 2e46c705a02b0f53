"""Merging an incident into another, and undoing it. Comments, files and time stay with the incident they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Kind
from services.incidents.copies.actions import look_again
from services.incidents.endings.actions import CLOSE_UNANSWERED, arm_closes
from services.incidents.families.actions import leave_parent_that_is_over
from services.incidents.incidents import domain as incidents
from services.incidents.incidents import queries
from services.incidents.incidents.actions import (
    end_pauses_that_are_over,
    keep_promises,
    make_move,
    note_incident,
    say,
)
from services.incidents.merging import domain
from services.incidents.milestones.actions import take_up_occasions
from services.incidents.pauses.actions import end_pause, leave_gap
from services.incidents.pauses.domain import Reason
from services.incidents.problems.actions import end_analysis, take_up_analysis
from shared import timers
from shared.db import context
from shared.events.incidents import IncidentAbsorbed, IncidentMerged, IncidentReleased, IncidentUnmerged

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def merge_incident(session: AsyncSession, *, incident_id: UUID, target_id: UUID, reason: str) -> Incident:
    """Work goes on in the target, and visits that were planned are made: the fault is the same. What the incident
    promised is owed no more, what it broke stays broken.

    Raises IncidentNotFound for another customer's target, IllegalMove, and the refusals of `require_mergeable`.
    """
    source, target = await queries.locked_pair(session, incident_id, target_id)
    way_up = await queries.merged_upwards(session, target_id)
    domain.require_mergeable(
        source_id=source.id, target_id=target.id, target=target.number, target_state=target.state, way_up=way_up
    )
    if await queries.children_of(session, source.id):
        raise domain.MergeHasChildren()
    await end_pauses_that_are_over(session, [source])
    former = source.state
    now = context(session).now
    make_move(source, "merge")
    source.former_state, source.merged_into_id, source.merged_at = incidents.to_come_back_to(former), target.id, now
    await end_pause(session, source.id, now)
    source.answer_since = source.closes_at = None
    await timers.cancel(session, CLOSE_UNANSWERED, source.id)
    about = {"target_id": target.id, "target_number": target.number, "reason_given": reason}
    say(session, source, IncidentMerged, **about)
    say(session, target, IncidentAbsorbed, merged_id=source.id, merged_number=source.number)
    note_incident(session, source, "merge", "state", "merged_into_id", "former_state", information={"reason": reason})
    await clocks.drop_clocks(session, [source.id], tuple(Kind))
    await end_analysis(session, source)
    return source


async def unmerge_incident(session: AsyncSession, *, incident_id: UUID, reason: str) -> Incident:
    """The merge was a mistake: the incident goes on where it was, and its clocks from what they had counted."""
    found = await queries.incident(session, incident_id)
    into_id = found.merged_into_id or incident_id
    source, target = await queries.locked_pair(session, incident_id, into_id, parent_id=found.parent_id)
    make_move(source, "unmerge")
    since = source.merged_at or context(session).now
    source.merged_into_id = source.merged_at = source.former_state = None
    await leave_gap(session, incident_id=source.id, customer_id=source.customer_id, reason=Reason.MERGED, from_at=since)
    about = {"target_id": target.id, "target_number": target.number, "reason_given": reason}
    say(session, source, IncidentUnmerged, unmerged_at=context(session).now, **about)
    say(session, target, IncidentReleased, merged_id=source.id, merged_number=source.number)
    note_incident(session, source, "unmerge", "state", "merged_into_id", information={"reason": reason})
    await clocks.reopen_clocks(session, source.id, since=since, stopped_kinds=tuple(Kind))
    await leave_parent_that_is_over(session, source)
    await keep_promises(session, source)
    await take_up_occasions(session, source, since)
    await take_up_analysis(session, source)
    await look_again(session, source.agreement_id, source.contract_number)
    if source.state == incidents.State.RESOLVED:
        source.answer_since = context(session).now
        await arm_closes(session, [source])
    return source
