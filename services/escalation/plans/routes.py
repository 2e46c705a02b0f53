"""Contingency plans and their drills over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.plans import actions, queries
from services.escalation.plans.schemas import (
    DraftPlan,
    EvaluateDrill,
    FaultClass,
    PlanOut,
    PlanState,
    RetirePlan,
    StartDrill,
)
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/plans", tags=["plans"])


@routes.post("", status_code=201, response_model=PlanOut)
@needs(Permission.PLANS_WRITE)
async def draft_plan(body: DraftPlan, response: Response, session: Session) -> Any:
    return tagged(response, await actions.draft_plan(session, **body.model_dump()))


@routes.get("", response_model=list[PlanOut])
@needs(Permission.PLANS_READ)
async def plans(
    request: Request,
    response: Response,
    page: Paged,
    session: Session,
    customer_id: UUID | None = None,
    fault_class: FaultClass | None = None,
    state: PlanState | None = None,
) -> Any:
    return linked(request, response, page, await queries.plans_page(session, page, customer_id, fault_class, state))


@routes.get("/{plan_id}", response_model=PlanOut)
@needs(Permission.PLANS_READ)
async def plan(plan_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.plan(session, plan_id))


@routes.post("/{plan_id}/start-drill", response_model=PlanOut)
@needs(Permission.PLANS_WRITE)
async def start_drill(plan_id: UUID, body: StartDrill, response: Response, session: Session) -> Any:
    return tagged(response, await actions.start_drill(session, plan_id=plan_id, **body.model_dump()))


@routes.post("/{plan_id}/evaluate-drill", response_model=PlanOut)
@needs(Permission.PLANS_WRITE)
async def evaluate_drill(plan_id: UUID, body: EvaluateDrill, response: Response, session: Session) -> Any:
    return tagged(response, await actions.evaluate_drill(session, plan_id=plan_id, **body.model_dump()))


@routes.post("/{plan_id}/approve", response_model=PlanOut)
@needs(Permission.PLANS_APPROVE)
async def approve_plan(plan_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.approve_plan(session, plan_id=plan_id))


@routes.post("/{plan_id}/put-in-force", response_model=PlanOut)
@needs(Permission.PLANS_WRITE)
async def put_plan_in_force(plan_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.put_plan_in_force(session, plan_id=plan_id))


@routes.post("/{plan_id}/retire", response_model=PlanOut)
@needs(Permission.PLANS_APPROVE)
async def retire_plan(plan_id: UUID, body: RetirePlan, response: Response, session: Session) -> Any:
    return tagged(response, await actions.retire_plan(session, plan_id=plan_id, **body.model_dump()))
