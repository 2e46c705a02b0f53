"""Requesting that a plan starts, deciding on it, and running its steps once it is authorised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.activations import domain, queries
from services.escalation.activations.models import Activation, ActivationStep, Decision
from services.escalation.alarms import actions as alarms
from services.escalation.alarms.domain import Reason
from services.escalation.copies import queries as copies
from services.escalation.plans import queries as plans
from services.escalation.plans.domain import Timed, ends
from services.escalation.settings import Settings
from shared.audit import note
from shared.db import as_record, check_version, context, settings_of, unless_taken
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    ActivationUnanswered,
    ActivationWithdrawn,
    PlanCompleted,
    PlanStepCompleted,
    PlanStepStarted,
)
from shared.moves import moved
from shared.outbox import emit
from shared.permissions import Role
from shared.timers import arm

UNANSWERED = "activation_unanswered"
"""The timer of a request that nobody decides. It is not taken back: when it fires it locks the request, finds
it decided and does nothing, so that a leader's decision and the timer never wait for each other's rows.
"""


async def request_activation(session: AsyncSession, *, incident_id: UUID, plan_id: UUID, reason: str) -> Activation:
    """Ask the customer's leading group to let a plan in force start. It escalates until somebody answers.

    Raises IncidentNotFound, IncidentIsClosed, PlanNotFound, PlanNotInForce, AlreadyRequested.
    """
    now, requested_by = context(session).now, copies.acting_person_id(session)
    incident = await copies.open_incident(session, incident_id, held=True)
    plan = await plans.plan(session, plan_id)
    if plan.customer_id != incident.customer_id or plan.state != "in_force":
        raise domain.PlanNotInForce(plan_id=plan_id)
    window = domain.answer_window(incident.severity, settings_of(session, Settings))
    activation = Activation(
        customer_id=incident.customer_id,
        incident_id=incident.id,
        number=incident.number,
        plan_id=plan.id,
        plan_name_zh=plan.name_zh,
        plan_name_en=plan.name_en,
        reason=reason,
        requested_by=requested_by,
        requested_at=now,
        answer_by=now + window,
        answer_seconds=int(window.total_seconds()),
        decisions=[],
        steps=[],
    )
    session.add(activation)
    with unless_taken(domain.AlreadyRequested()):
        await session.flush()
    after = as_record(activation, "state", "plan_id", "reason", "answer_by")
    _note(session, activation, "request_activation", after, await _known_of_incident(session, activation))
    await _ask_leaders(session, activation)
    return activation


async def escalate_unanswered(session: AsyncSession, *, activation_id: UUID) -> None:
    """Nobody decided through a whole window: tell those above too, and again after each further window.

    After the last level the request stays open and its alarms stand: it never lapses.
    """
    activation = await queries.locked_activation(session, activation_id)
    if activation.state != domain.REQUESTED:
        return
    activation.level += 1
    activation.version += 1
    _note(session, activation, "escalate_unanswered", as_record(activation, "level"))
    organisation = await copies.organisation_of(session, activation.customer_id)
    leaders = await copies.reachable(session, organisation.leader_ids)
    superiors = await copies.reachable(session, organisation.superior_ids)
    emit(session, ActivationUnanswered(**_facts(activation), leader_ids=leaders, superior_ids=superiors))
    await _alarm(session, activation, Reason.ACTIVATION_UNANSWERED, activation.plan_name_zh)
    if activation.level < settings_of(session, Settings).answer_levels:
        await _arm(session, activation, context(session).now + timedelta(seconds=activation.answer_seconds))


async def authorise_activation(session: AsyncSession, *, activation_id: UUID, information: str) -> Activation:
    """One leader authorises; with the quorum the plan runs. `information` is what the decision rests on.

    Raises RequesterCannotDecide, NotOfLeadingGroup, IllegalMove, AlreadyDecided, PlanNotInForce.
    """
    activation = await queries.locked_activation(session, activation_id)
    decision = await _decide(session, activation, "authorise", information)
    plan = await plans.locked_plan(session, activation.plan_id)
    if plan.state != "in_force":
        raise domain.PlanNotInForce(plan_id=plan.id)
    organisation = await copies.organisation_of(session, activation.customer_id)
    authorised_by = [each.person_id for each in activation.decisions]
    if not domain.has_quorum(authorised_by, organisation.leader_ids, organisation.quorum):
        return activation
    due = ends([Timed(step.position, step.minutes, tuple(step.after)) for step in plan.steps])
    activation.steps = [
        _copied(step, decision.decided_at + timedelta(minutes=due[step.position])) for step in plan.steps
    ]
    await _settle(session, activation, "authorise", decision)
    facts = _facts(activation) | {"decided_by_name": decision.name_zh, "information": information}
    emit(session, ActivationAuthorised(**facts))
    return activation


async def refuse_activation(session: AsyncSession, *, activation_id: UUID, reason: str) -> Activation:
    """One leader's refusal refuses the request for good.

    Raises RequesterCannotDecide, NotOfLeadingGroup, IllegalMove, AlreadyDecided.
    """
    activation = await queries.locked_activation(session, activation_id)
    decision = await _decide(session, activation, "refuse", reason)
    await _settle(session, activation, "refuse", decision)
    facts = _facts(activation) | {"decided_by_name": decision.name_zh, "reason": reason}
    emit(session, ActivationRefused(**facts))
    return activation


async def withdraw_requests(session: AsyncSession, *, incident_id: UUID) -> None:
    """The incident is over: what nobody decided needs no decision any more."""
    for activation in await queries.locked_requests(session, incident_id):
        _move(session, activation, "withdraw")
        emit(session, ActivationWithdrawn(**_facts(activation), withdrawn_at=context(session).now))


async def start_step(session: AsyncSession, *, activation_id: UUID, step_id: UUID) -> ActivationStep:
    """Begin a step whose forerunners are done. Raises IllegalMove, StepNotFound, StepNotReady."""
    activation, step = await _stepping(session, activation_id, step_id, "start")
    domain.require_ready(step.position, step.after, {each.position: each.state for each in activation.steps})
    step.started_by, step.started_at = copies.acting_person_id(session), context(session).now
    _note(session, activation, "start_step", as_record(step, "position", "state", "started_by"))
    emit(session, PlanStepStarted(**_facts(activation), **_step_facts(step), due_at=step.due_at))
    return step


async def complete_step(session: AsyncSession, *, activation_id: UUID, step_id: UUID, result: str) -> ActivationStep:
    """End a step with its result; with the last one the plan is completed. Raises IllegalMove, StepNotFound."""
    now = context(session).now
    activation, step = await _stepping(session, activation_id, step_id, "complete")
    step.completed_by, step.completed_at, step.result = copies.acting_person_id(session), now, result
    _note(session, activation, "complete_step", as_record(step, "position", "state", "completed_by", "result"))
    emit(session, PlanStepCompleted(**_facts(activation), **_step_facts(step), result=result, completed_at=now))
    if all(each.state == "completed" for each in activation.steps):
        _move(session, activation, "complete")
        activation.completed_at = now
        emit(session, PlanCompleted(**_facts(activation), completed_at=now))
    return step


async def _ask_leaders(session: AsyncSession, activation: Activation) -> None:
    organisation = await copies.organisation_of(session, activation.customer_id)
    leaders = await copies.reachable(session, organisation.leader_ids)
    emit(session, ActivationRequested(**_facts(activation), reason=activation.reason, leader_ids=leaders))
    if not leaders:
        await _alarm(session, activation, Reason.NOBODY_TO_TELL, Role.LEADER.value)
    await _arm(session, activation, activation.answer_by)


async def _decide(session: AsyncSession, activation: Activation, choice: str, information: str) -> Decision:
    """Record what the acting leader decides, with all that the decision rests on."""
    domain.require_other_than_requester(activation.requested_by, copies.acting_person_id(session))
    leader = await copies.leader_of(session, activation.customer_id)
    check_version(session, activation.version)
    moved(domain.MOVES, activation.state, choice)
    if any(each.person_id == leader.id for each in activation.decisions):
        raise domain.AlreadyDecided()
    decision = Decision(
        customer_id=activation.customer_id,
        person_id=leader.id,
        name_zh=leader.name_zh,
        name_en=leader.name_en,
        choice=choice,
        information=information,
        decided_at=context(session).now,
    )
    activation.decisions.append(decision)
    activation.version += 1
    await session.flush()
    request = as_record(activation, "plan_id", "reason", "requested_by", "requested_at", "level")
    rests_on = {"stated": information, "request": request, **await _known_of_incident(session, activation)}
    _note(session, activation, f"decide_{choice}", as_record(decision, "person_id", "choice"), rests_on)
    return decision


async def _settle(session: AsyncSession, activation: Activation, move: str, decision: Decision) -> None:
    """The group has decided: nobody waits for an answer any more."""
    _move(session, activation, move)
    activation.decided_by, activation.decided_at = decision.person_id, decision.decided_at
    await session.flush()
    await alarms.stop_alarms_about(session, Reason.ACTIVATION_UNANSWERED, activation.id)


def _move(session: AsyncSession, activation: Activation, move: str) -> None:
    before = as_record(activation, "state")
    activation.state = moved(domain.MOVES, activation.state, move)
    activation.version += 1
    note(
        session,
        activation.id,
        f"{move}_activation",
        before=before,
        after=as_record(activation, "state"),
        customer_id=activation.customer_id,
    )


async def _stepping(
    session: AsyncSession, activation_id: UUID, step_id: UUID, move: str
) -> tuple[Activation, ActivationStep]:
    """Move a step under the lock of its activation, which must be authorised."""
    activation = await queries.locked_activation(session, activation_id)
    check_version(session, activation.version)
    moved(domain.MOVES, activation.state, f"{move}_step")
    step = queries.step_of(activation, step_id)
    step.state = moved(domain.STEP_MOVES, step.state, move)
    activation.version += 1
    return activation, step


async def _arm(session: AsyncSession, activation: Activation, due_at: datetime) -> None:
    await arm(
        session,
        UNANSWERED,
        activation.id,
        due_at,
        customer_id=activation.customer_id,
        correlation_id=activation.incident_id,
    )


async def _alarm(session: AsyncSession, activation: Activation, reason: Reason, detail: str) -> None:
    await alarms.raise_alarm(
        session,
        reason,
        detail=detail,
        about_id=activation.id,
        incident_id=activation.incident_id,
        customer_id=activation.customer_id,
        number=activation.number,
    )


async def _known_of_incident(session: AsyncSession, activation: Activation) -> dict[str, Any]:
    incident = await copies.open_incident(session, activation.incident_id)
    return {"incident": as_record(incident, "number", "severity", "fault_class", "analysis", "key_business_ids")}


def _copied(step: Any, due_at: datetime) -> ActivationStep:
    """A step of the plan as it stands now."""
    fields = ("customer_id", "position", "title_zh", "title_en", "measure", "owner_id")
    return ActivationStep(**{name: getattr(step, name) for name in fields}, after=list(step.after), due_at=due_at)


def _facts(activation: Activation) -> dict[str, Any]:
    """What the events about an activation have in common; each takes the fields it has."""
    fields = ("incident_id", "customer_id", "number", "plan_id", "plan_name_zh", "plan_name_en")
    times = ("requested_by", "requested_at", "answer_by", "decided_by", "decided_at")
    return {"activation_id": activation.id, **{name: getattr(activation, name) for name in (*fields, *times)}}


def _step_facts(step: ActivationStep) -> dict[str, Any]:
    fields = ("position", "title_zh", "title_en", "owner_id")
    return {"step_id": step.id, **{name: getattr(step, name) for name in fields}}


def _note(
    session: AsyncSession,
    activation: Activation,
    action: str,
    after: dict[str, Any],
    information: dict[str, Any] | None = None,
) -> None:
    note(session, activation.id, action, after=after, information=information, customer_id=activation.customer_id)
