"""Explanations over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path

from services.incidents.clocks.domain import Kind
from services.incidents.explanations.queries import explanation_of
from services.incidents.explanations.schemas import ExplanationOut
from shared.auth import needs
from shared.edge import Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["clocks"])

Reference = Annotated[UUID | str, Path(union_mode="left_to_right", description="The incident's id, or its number.")]


@routes.get("/{incident_id}/clocks/{kind}/explanation", response_model=ExplanationOut)
@needs(Permission.INCIDENTS_READ)
async def explanation(incident_id: Reference, kind: Kind, session: Session, about_id: UUID | None = None) -> Any:
    return ExplanationOut.of(await explanation_of(session, incident_id, kind, about_id))
