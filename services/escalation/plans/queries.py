"""What can be asked about contingency plans."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.plans.models import Plan
from shared.errors import NotFound
from shared.paging import Page


class PlanNotFound(NotFound):
    code = "plan_not_found"
    en = "There is no contingency plan {plan_id}."
    zh = "没有应急预案 {plan_id}。"


async def plan(session: AsyncSession, plan_id: UUID) -> Plan:
    """The version with its steps and drills."""
    found = await session.get(Plan, plan_id)
    if found is None:
        raise PlanNotFound(plan_id=plan_id)
    return found


async def locked_plan(session: AsyncSession, plan_id: UUID) -> Plan:
    found = await session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise PlanNotFound(plan_id=plan_id)
    return found


async def locked_plan_in_force(session: AsyncSession, customer_id: UUID, name_zh: str) -> Plan | None:
    in_force = select(Plan).where(Plan.customer_id == customer_id, Plan.name_zh == name_zh, Plan.state == "in_force")
    found: Plan | None = await session.scalar(in_force.with_for_update())
    return found


async def next_revision(session: AsyncSession, customer_id: UUID, name_zh: str) -> int:
    last = select(func.max(Plan.revision)).where(Plan.customer_id == customer_id, Plan.name_zh == name_zh)
    return int(await session.scalar(last) or 0) + 1


async def plans_page(
    session: AsyncSession, page: Page, customer_id: UUID | None, fault_class: str | None, state: str | None
) -> Sequence[Plan]:
    wanted = select(Plan)
    for column, value in ((Plan.customer_id, customer_id), (Plan.fault_class, fault_class), (Plan.state, state)):
        if value is not None:
            wanted = wanted.where(column == value)
    return (await session.scalars(page.of(wanted, Plan.id))).all()
