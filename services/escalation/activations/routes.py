"""Activations and the steps of a running plan over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.activations import actions, queries
from services.escalation.activations.schemas import (
    ActivationOut,
    ActivationStepOut,
    AuthoriseActivation,
    CompleteStep,
    RefuseActivation,
    RequestActivation,
)
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/activations", tags=["activations"])


@routes.post("", status_code=201, response_model=ActivationOut)
@needs(Permission.ACTIVATIONS_REQUEST)
async def request_activation(body: RequestActivation, response: Response, session: Session) -> Any:
    return tagged(response, await actions.request_activation(session, **body.model_dump()))


@routes.get("", response_model=list[ActivationOut])
@needs(Permission.EMERGENCIES_READ)
async def activations(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.activations_page(session, page, incident_id))


@routes.get("/{activation_id}", response_model=ActivationOut)
@needs(Permission.EMERGENCIES_READ)
async def activation(activation_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.activation(session, activation_id))


@routes.post("/{activation_id}/authorise", response_model=ActivationOut)
@needs(Permission.ACTIVATIONS_DECIDE)
async def authorise_activation(
    activation_id: UUID, body: AuthoriseActivation, response: Response, session: Session
) -> Any:
    authorised = await actions.authorise_activation(session, activation_id=activation_id, **body.model_dump())
    return tagged(response, authorised)


@routes.post("/{activation_id}/refuse", response_model=ActivationOut)
@needs(Permission.ACTIVATIONS_DECIDE)
async def refuse_activation(activation_id: UUID, body: RefuseActivation, response: Response, session: Session) -> Any:
    refused = await actions.refuse_activation(session, activation_id=activation_id, **body.model_dump())
    return tagged(response, refused)


@routes.post("/{activation_id}/steps/{step_id}/start", response_model=ActivationStepOut)
@needs(Permission.ACTIVATIONS_WORK)
async def start_step(activation_id: UUID, step_id: UUID, response: Response, session: Session) -> Any:
    step = await actions.start_step(session, activation_id=activation_id, step_id=step_id)
    tagged(response, await queries.activation(session, activation_id))
    return step


@routes.post("/{activation_id}/steps/{step_id}/complete", response_model=ActivationStepOut)
@needs(Permission.ACTIVATIONS_WORK)
async def complete_step(
    activation_id: UUID, step_id: UUID, body: CompleteStep, response: Response, session: Session
) -> Any:
    step = await actions.complete_step(session, activation_id=activation_id, step_id=step_id, **body.model_dump())
    tagged(response, await queries.activation(session, activation_id))
    return step
