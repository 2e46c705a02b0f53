"""Resolved, accepted or refused, closed, cancelled, reopened: each with its effect on the promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import ENDED_BY_RESOLUTION, Kind
from services.incidents.copies import queries as copies
from services.incidents.copies.actions import look_again
from services.incidents.endings.domain import wait_for_answer
from services.incidents.families.actions import leave_parent_that_is_over
from services.incidents.incidents import domain, queries
from services.incidents.incidents.actions import (
    end_pauses_that_are_over,
    keep_promises,
    make_move,
    move_incident,
    note_incident,
    say,
)
from services.incidents.milestones.actions import take_up_occasions
from services.incidents.pauses.actions import end_pause, end_pauses, leave_gap
from services.incidents.pauses.domain import Reason
from services.incidents.problems.actions import end_analysis, take_up_analysis
from services.incidents.visits.actions import cancel_visits, take_up_visits
from shared import timers
from shared.auth import Principal
from shared.db import context
from shared.errors import Conflict, Forbidden
from shared.events.incidents import (
    IncidentCancelled,
    IncidentClosed,
    IncidentConfirmed,
    IncidentReopened,
    IncidentResolved,
    SolutionRefused,
)

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident

CLOSE_UNANSWERED = "close_unanswered"


class OnlyCustomerConfirms(Forbidden):
    code = "only_customer_confirms"
    en = "Only a person of the customer can confirm that service is restored, or refuse it."
    zh = "只有客户方人员才能确认服务已恢复，或对解决结果不予认可。"


class MergedIntoIt(Conflict):
    code = "merged_into_it"
    en = "Others were merged into this incident: {numbers}. Take them out first, or resolve it."
    zh = "有事件已并入本事件：{numbers}。请先撤销合并，或将本事件解决。"


class ChildrenOpen(Conflict):
    code = "children_open"
    en = "Incidents below this one are still open: {numbers}."
    zh = "其下级事件尚未解决：{numbers}。"


async def resolve_incident(
    session: AsyncSession, *, incident_id: UUID, solution: str, with_children: bool, by: Principal
) -> Incident:
    """Service is restored. Told are the departments whose key businesses were hit, else all of the customer.

    `with_children`: the same solution restored its children. If nobody of the customer answers within the agreed
    working days, it is closed.
    """
    if with_children:
        incident, children = await queries.locked_family(session, incident_id)
    else:
        incident, children = await queries.locked_incident(session, incident_id), ()
    await end_pauses_that_are_over(session, [incident, *children])
    make_move(incident, "resolve")
    for child in children:
        make_move(child, "resolve_with_parent")
    await _restored(session, [incident, *children], solution, by)
    for each in (incident, *children):
        move = "resolve" if each is incident else "resolve_with_parent"
        note_incident(session, each, move, "state", "solution", "resolved_by")
    return incident


async def _restored(session: AsyncSession, restored: Sequence[Incident], solution: str, by: Principal) -> None:
    """Of one customer, and locked. A few statements, however many they are."""
    now, ids = context(session).now, [incident.id for incident in restored]
    await end_pauses(session, ids, now)
    told = await _concerned(session, restored)
    for incident in restored:
        incident.solution, incident.resolved_by = solution, by.id
        incident.resolved_at = incident.answer_since = now
        say(session, incident, IncidentResolved, department_ids=told[incident.id])
    await clocks.stop_clocks(session, ids, [Kind.RESPOND, Kind.RESOLVE], now)
    await clocks.drop_clocks(session, ids, ENDED_BY_RESOLUTION)
    await arm_closes(session, restored)


async def _concerned(session: AsyncSession, restored: Sequence[Incident]) -> dict[UUID, tuple[UUID, ...]]:
    """By incident, the departments that its asset's failure hit; all of the customer where it hit none."""
    customer_id = restored[0].customer_id
    hit = await copies.departments_hit(session, customer_id, {each.asset_id for each in restored if each.asset_id})
    of_incident = {each.id: hit.get(each.asset_id, frozenset()) for each in restored}
    everybody = () if all(of_incident.values()) else await copies.departments(session, customer_id)
    return {incident_id: tuple(sorted(hit_by or everybody)) for incident_id, hit_by in of_incident.items()}


async def confirm_incident(session: AsyncSession, *, incident_id: UUID, by: Principal) -> Incident:
    """The customer accepts, and with that the incident is closed and owes nothing.

    Raises OnlyCustomerConfirms, ChildrenOpen.
    """
    _require_customers(by)
    incident, children = await queries.locked_family(session, incident_id)
    await end_pauses_that_are_over(session, [incident])
    make_move(incident, "confirm")
    incident.confirmed_by, incident.confirmed_at = by.id, context(session).now
    if children:
        raise ChildrenOpen(numbers=[child.number for child in children])
    say(session, incident, IncidentConfirmed)
    note_incident(session, incident, "confirm", "state", "confirmed_by")
    await _close(session, incident, "close")
    return incident


async def close_unanswered(session: AsyncSession, *, incident_id: UUID) -> None:
    """Nobody answered in the agreed time: that counts as acceptance. With open children it waits once more as long.

    Left alone if it is not resolved any more.
    """
    incident, children = await queries.locked_family(session, incident_id, for_client=False)
    if incident.state != domain.State.RESOLVED:
        return
    incident.version += 1
    if children:
        incident.answer_since = context(session).now
        await arm_closes(session, [incident])
    else:
        await _close(session, incident, "close_unanswered")


async def refuse_solution(session: AsyncSession, *, incident_id: UUID, reason: str, by: Principal) -> Incident:
    """Service is not restored, the customer says: the clocks run on. Raises OnlyCustomerConfirms."""
    _require_customers(by)
    incident = await move_incident(session, incident_id, "refuse", with_parent=True)
    say(session, incident, SolutionRefused, reason_given=reason, refused_by=by.id, refused_at=context(session).now)
    note_incident(session, incident, "refuse", "state", information={"reason": reason})
    await _take_up(session, incident)
    return incident


async def reopen_incident(session: AsyncSession, *, incident_id: UUID, reason: str) -> Incident:
    """The fault is back, or the end was a mistake. What was counted stays counted."""
    incident = await move_incident(session, incident_id, "reopen", with_parent=True)
    incident.reopened_at = context(session).now
    say(session, incident, IncidentReopened, reason_given=reason)
    note_incident(session, incident, "reopen", "state", information={"reason": reason})
    await _take_up(session, incident)
    return incident


async def cancel_incident(session: AsyncSession, *, incident_id: UUID, reason: str) -> Incident:
    """There is nothing to be done. What was broken by then stays broken. Raises MergedIntoIt."""
    incident = await queries.locked_incident(session, incident_id)
    await end_pauses_that_are_over(session, [incident])
    former = domain.to_come_back_to(incident.state)
    make_move(incident, "cancel")
    if merged := await queries.merged_into(session, incident_id):
        raise MergedIntoIt(numbers=[source.number for source in merged])
    incident.former_state = former
    now = context(session).now
    await end_pause(session, incident.id, now)
    incident.cancelled_at = now
    say(session, incident, IncidentCancelled, reason_given=reason)
    note_incident(session, incident, "cancel", "state", information={"reason": reason})
    await clocks.drop_clocks(session, [incident.id], tuple(Kind))
    await end_analysis(session, incident)
    await cancel_visits(session, incident)
    return incident


def _require_customers(by: Principal) -> None:
    if by.kind != "person" or by.customer_id is None:
        raise OnlyCustomerConfirms()


async def _close(session: AsyncSession, incident: Incident, move: str) -> None:
    now = context(session).now
    await clocks.drop_clocks(session, [incident.id], tuple(Kind))
    incident.state = domain.moved(incident.state, move)
    incident.closed_at = now
    incident.answer_since = incident.closes_at = None
    await timers.cancel(session, CLOSE_UNANSWERED, incident.id)
    say(session, incident, IncidentClosed, unanswered=move == "close_unanswered")
    note_incident(session, incident, move, "state")
    await end_analysis(session, incident)
    await cancel_visits(session, incident)


async def arm_closes(session: AsyncSession, resolved: Sequence[Incident]) -> None:
    """Nobody's answer within the agreed working days from `answer_since` on counts as acceptance."""
    now, before = context(session).now, {incident.id for incident in resolved if incident.closes_at is not None}
    terms = await copies.terms_of(session, {incident.agreement_id for incident in resolved})
    for incident in resolved:
        wait = wait_for_answer(terms.get(incident.agreement_id), incident.answer_since or now, now)
        incident.answer_since, incident.closes_at = wait
    closing = [incident for incident in resolved if incident.closes_at is not None]
    await timers.cancel_many(session, [CLOSE_UNANSWERED], before - {incident.id for incident in closing})
    await timers.arm_each(session, [_timer(incident, incident.closes_at) for incident in closing if incident.closes_at])


def _timer(incident: Incident, at: datetime) -> timers.Wanted:
    return timers.Wanted(CLOSE_UNANSWERED, incident.id, "", at, {}, incident.customer_id, incident.id)


async def _take_up(session: AsyncSession, incident: Incident) -> None:
    """Leave the time since the end uncounted, and let what ended with the incident run on."""
    ended = [
        (Reason.RESOLVED, incident.resolved_at),
        (Reason.CLOSED, incident.closed_at),
        (Reason.CANCELLED, incident.cancelled_at),
    ]
    since = [(reason, at) for reason, at in ended if at is not None]
    was_cancelled = incident.cancelled_at is not None
    for reason, at in since:
        await _leave_gap(session, incident, reason, at)
    incident.resolved_at = incident.closed_at = incident.cancelled_at = None
    incident.answer_since = incident.closes_at = incident.former_state = None
    incident.solution = incident.resolved_by = incident.confirmed_by = incident.confirmed_at = None
    await timers.cancel(session, CLOSE_UNANSWERED, incident.id)
    first = min(at for _, at in since)
    stopped_kinds = tuple(Kind) if was_cancelled else (Kind.RESOLVE, *ENDED_BY_RESOLUTION)
    await clocks.reopen_clocks(session, incident.id, since=first, stopped_kinds=stopped_kinds)
    await leave_parent_that_is_over(session, incident)
    await keep_promises(session, incident)
    await take_up_occasions(session, incident, first)
    await take_up_analysis(session, incident)
    await take_up_visits(session, incident)
    await look_again(session, incident.agreement_id, incident.contract_number)


async def _leave_gap(session: AsyncSession, incident: Incident, reason: Reason, from_at: datetime) -> None:
    await leave_gap(session, incident_id=incident.id, customer_id=incident.customer_id, reason=reason, from_at=from_at)
