"""Teams' shares of an incident over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.incidents.shares.queries import shares_of
from services.incidents.shares.schemas import SegmentOut
from shared.auth import needs
from shared.edge import Session, router
from shared.permissions import Permission

routes = router("/v1/incidents", tags=["clocks"])


@routes.get("/{incident_id}/segments", response_model=list[SegmentOut])
@needs(Permission.INCIDENTS_READ)
async def segments(incident_id: UUID, session: Session) -> Any:
    return await shares_of(session, incident_id)
