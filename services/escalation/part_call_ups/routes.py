"""Parts called up over HTTP; the store's answers come as events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.part_call_ups import actions, queries
from services.escalation.part_call_ups.schemas import CallUpParts, PartCallUpOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/part-call-ups", tags=["part call-ups"])


@routes.post("", status_code=201, response_model=PartCallUpOut)
@needs(Permission.PARTS_REQUEST)
async def call_up_parts(body: CallUpParts, response: Response, session: Session) -> Any:
    return tagged(response, await actions.call_up_parts(session, **body.model_dump()))


@routes.get("", response_model=list[PartCallUpOut])
@needs(Permission.EMERGENCIES_READ)
async def part_call_ups(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.call_ups_page(session, page, incident_id))
