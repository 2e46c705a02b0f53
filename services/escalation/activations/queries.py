"""What can be asked about activations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.activations.domain import REQUESTED
from services.escalation.activations.models import Activation, ActivationStep
from shared.errors import NotFound
from shared.paging import Page


class ActivationNotFound(NotFound):
    code = "activation_not_found"
    en = "There is no activation {activation_id}."
    zh = "没有启动申请 {activation_id}。"


class StepNotFound(NotFound):
    code = "step_not_found"
    en = "This activation has no step {step_id}."
    zh = "该次启动没有步骤 {step_id}。"


async def activation(session: AsyncSession, activation_id: UUID) -> Activation:
    found = await session.get(Activation, activation_id)
    if found is None:
        raise ActivationNotFound(activation_id=activation_id)
    return found


async def activation_for(session: AsyncSession, activation_id: UUID, incident_id: UUID) -> Activation:
    """An activation for this very incident. Raises ActivationNotFound."""
    found = await activation(session, activation_id)
    if found.incident_id != incident_id:
        raise ActivationNotFound(activation_id=activation_id)
    return found


async def locked_activation(session: AsyncSession, activation_id: UUID) -> Activation:
    """With its decisions and steps, which change under this lock only."""
    found = await session.get(Activation, activation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ActivationNotFound(activation_id=activation_id)
    return found


async def locked_requests(session: AsyncSession, incident_id: UUID) -> Sequence[Activation]:
    """The incident's requests that nobody has decided yet."""
    undecided = select(Activation).where(Activation.incident_id == incident_id, Activation.state == REQUESTED)
    return (await session.scalars(undecided.order_by(Activation.id).with_for_update())).all()


def step_of(activation: Activation, step_id: UUID) -> ActivationStep:
    for step in activation.steps:
        if step.id == step_id:
            return step
    raise StepNotFound(step_id=step_id)


async def activations_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Activation]:
    wanted = select(Activation)
    if incident_id is not None:
        wanted = wanted.where(Activation.incident_id == incident_id)
    return (await session.scalars(page.of(wanted, Activation.id))).all()
