"""Drawing up plan versions, drilling them, approving them, putting them in force and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies import queries as copies
from services.escalation.plans import domain, queries
from services.escalation.plans.models import Drill, Plan, PlanStep
from shared.audit import note
from shared.db import as_record, check_version, context, unless_taken
from shared.errors import Conflict
from shared.moves import moved

DRILLED = ("scenario", "participant_ids", "composition")
EVALUATED = ("passed", "score", "summary", "composition")


class PlanChangedMeanwhile(Conflict):
    code = "plan_changed_meanwhile"
    en = "Another version of the plan {name_en} was written at the same moment. Try again."
    zh = "预案“{name_zh}”的另一版本刚被写入，请重试。"


async def draft_plan(
    session: AsyncSession,
    *,
    customer_id: UUID,
    name_zh: str,
    name_en: str,
    fault_class: str,
    scenario: str,
    key_business_ids: Sequence[UUID],
    steps: Sequence[dict[str, Any]],
) -> Plan:
    """Draw up the next revision of the customer's plan of this name.

    Raises CustomerNotFound, StepOrderInvalid, PersonNotFound. Only a customer with an emergency organisation has plans.
    """
    await copies.require_customer(session, customer_id)
    await copies.require_people(session, {step["owner_id"] for step in steps if step["owner_id"]})
    plan = Plan(
        customer_id=customer_id,
        revision=await queries.next_revision(session, customer_id, name_zh),
        name_zh=name_zh,
        name_en=name_en,
        fault_class=fault_class,
        scenario=scenario,
        key_business_ids=list(key_business_ids),
        drafted_by=copies.acting_person_id(session),
        drafted_at=context(session).now,
        steps=[_step(customer_id, position, step) for position, step in enumerate(steps, start=1)],
        drills=[],
    )
    session.add(plan)
    await _write(session, plan)
    after = as_record(plan, "revision", "name_zh", "name_en", "fault_class", "scenario", "key_business_ids")
    contents = [as_record(step, "position", "title_zh", "measure", "minutes", "owner_id") for step in plan.steps]
    note(session, plan.id, "draft_plan", after=after | {"steps": contents}, customer_id=customer_id)
    return plan


async def start_drill(session: AsyncSession, *, plan_id: UUID, scenario: str, participant_ids: Sequence[UUID]) -> Plan:
    """Drill this very version. Raises IllegalMove, PersonNotFound."""
    await copies.require_people(session, participant_ids)
    plan = await _moving(session, plan_id)
    before = _move(plan, "start_drill")
    took_part = list(dict.fromkeys(participant_ids))
    drill = Drill(
        customer_id=plan.customer_id,
        scenario=scenario,
        participant_ids=took_part,
        composition=domain.composition([step.owner_id for step in plan.steps if step.owner_id], took_part),
        started_by=copies.acting_person_id(session),
        started_at=context(session).now,
    )
    plan.drills.append(drill)
    await _write(session, plan)
    _note(session, plan, "start_drill", before, {"drill_id": drill.id, **as_record(drill, *DRILLED)})
    return plan


async def evaluate_drill(session: AsyncSession, *, plan_id: UUID, passed: bool, score: float, summary: str) -> Plan:
    """Say whether the running drill was passed. Raises IllegalMove when none is running."""
    plan = await _moving(session, plan_id)
    before = _move(plan, "evaluate_drill")
    drill = plan.drills[-1]
    drill.passed, drill.score, drill.summary = passed, score, summary
    drill.evaluated_by, drill.evaluated_at = copies.acting_person_id(session), context(session).now
    _note(session, plan, "evaluate_drill", before, {"drill_id": drill.id, **as_record(drill, *EVALUATED)})
    return plan


async def approve_plan(session: AsyncSession, *, plan_id: UUID) -> Plan:
    """A leader of the customer's group approves a version whose last drill was passed.

    Raises NotOfLeadingGroup, DrillNotPassed, IllegalMove.
    """
    plan = await _moving(session, plan_id)
    leader = await copies.leader_of(session, plan.customer_id)
    evaluated = [drill for drill in plan.drills if drill.evaluated_at is not None]
    domain.require_passed(evaluated[-1].passed if evaluated else None)
    before = _move(plan, "approve")
    plan.approved_by, plan.approved_at = leader.id, context(session).now
    drill = evaluated[-1]
    information = {"drill_id": drill.id, **as_record(drill, *DRILLED, *EVALUATED, "evaluated_by")}
    _note(session, plan, "approve_plan", before, as_record(plan, "approved_by"), information)
    return plan


async def put_plan_in_force(session: AsyncSession, *, plan_id: UUID) -> Plan:
    """From now on this version counts; the former of the same name is superseded. Raises IllegalMove."""
    plan = await _moving(session, plan_id)
    moved(domain.MOVES, plan.state, "put_in_force")
    former = await queries.locked_plan_in_force(session, plan.customer_id, plan.name_zh)
    if former is not None:
        await _supersede(session, former, plan)
    before = _move(plan, "put_in_force")
    plan.in_force_at = context(session).now
    information = as_record(plan, "approved_by", "approved_at")
    _note(session, plan, "put_plan_in_force", before, {"supersedes": former.id if former else None}, information)
    await _write(session, plan)
    return plan


async def retire_plan(session: AsyncSession, *, plan_id: UUID, reason: str) -> Plan:
    """A leader of the customer's group ends a version without a successor. Raises NotOfLeadingGroup, IllegalMove."""
    plan = await _moving(session, plan_id)
    await copies.leader_of(session, plan.customer_id)
    before = _move(plan, "retire")
    plan.ended_at = context(session).now
    _note(session, plan, "retire_plan", before, {}, {"reason": reason})
    return plan


async def _supersede(session: AsyncSession, former: Plan, successor: Plan) -> None:
    """Written before the successor comes into force: at no instant are two versions in force."""
    before = _move(former, "supersede")
    former.ended_at = context(session).now
    _note(session, former, "supersede_plan", before, {"superseded_by": successor.id})
    await session.flush()


def _step(customer_id: UUID, position: int, step: dict[str, Any]) -> PlanStep:
    after = domain.waits_for(position, step["after"])
    return PlanStep(customer_id=customer_id, position=position, **{**step, "after": list(after)})


async def _moving(session: AsyncSession, plan_id: UUID) -> Plan:
    plan = await queries.locked_plan(session, plan_id)
    check_version(session, plan.version)
    return plan


def _move(plan: Plan, move: str) -> dict[str, Any]:
    before = as_record(plan, "state")
    plan.state = moved(domain.MOVES, plan.state, move)
    plan.version += 1
    return before


async def _write(session: AsyncSession, plan: Plan) -> None:
    with unless_taken(PlanChangedMeanwhile(name_zh=plan.name_zh, name_en=plan.name_en)):
        await session.flush()


def _note(
    session: AsyncSession,
    plan: Plan,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    information: dict[str, Any] | None = None,
) -> None:
    moved_to = as_record(plan, "state") | after
    note(session, plan.id, action, before=before, after=moved_to, information=information, customer_id=plan.customer_id)
