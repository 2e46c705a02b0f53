"""Engagements of external parties over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.engagements import actions, queries
from services.escalation.engagements.schemas import EngagementOut, EngageParty
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/engagements", tags=["engagements"])


@routes.post("", status_code=201, response_model=EngagementOut)
@needs(Permission.INCIDENTS_WORK)
async def engage_party(body: EngageParty, response: Response, session: Session) -> Any:
    return tagged(response, await actions.engage_party(session, **body.model_dump()))


@routes.get("", response_model=list[EngagementOut])
@needs(Permission.EMERGENCIES_READ)
async def engagements(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.engagements_page(session, page, incident_id))


@routes.get("/{engagement_id}", response_model=EngagementOut)
@needs(Permission.EMERGENCIES_READ)
async def engagement(engagement_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.engagement(session, engagement_id))


@routes.post("/{engagement_id}/accept", response_model=EngagementOut)
@needs(Permission.INCIDENTS_WORK)
async def accept_engagement(engagement_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.move_engagement(session, engagement_id=engagement_id, move="accept"))


@routes.post("/{engagement_id}/arrive", response_model=EngagementOut)
@needs(Permission.INCIDENTS_WORK)
async def arrive_for_engagement(engagement_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.move_engagement(session, engagement_id=engagement_id, move="arrive"))


@routes.post("/{engagement_id}/complete", response_model=EngagementOut)
@needs(Permission.INCIDENTS_WORK)
async def complete_engagement(engagement_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.move_engagement(session, engagement_id=engagement_id, move="complete"))
