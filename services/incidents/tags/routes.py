"""Tags over HTTP: the provider's people only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.incidents.tags import actions, queries
from services.incidents.tags.schemas import TagIncident, TagsOut, UsedOut
from shared.auth import needs
from shared.edge import Session, router
from shared.permissions import Permission

routes = router("/v1", tags=["tags"])


@routes.put("/incidents/{incident_id}/tags", response_model=TagsOut)
@needs(Permission.INCIDENTS_INTERNAL)
async def tag_incident(incident_id: UUID, body: TagIncident, session: Session) -> Any:
    return TagsOut(tags=await actions.tag_incident(session, incident_id=incident_id, tags=body.tags))


@routes.get("/incidents/{incident_id}/tags", response_model=TagsOut)
@needs(Permission.INCIDENTS_INTERNAL)
async def tags(incident_id: UUID, session: Session) -> Any:
    return TagsOut(tags=await queries.tags_of(session, incident_id))


@routes.get("/tags", response_model=list[UsedOut])
@needs(Permission.INCIDENTS_INTERNAL)
async def most_used(session: Session) -> Any:
    return await queries.most_used(session)
