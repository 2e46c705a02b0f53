"""Time spent over HTTP: the provider's people only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.incidents.time_spent import actions, queries
from services.incidents.time_spent.schemas import EnterTime, TimeEntryOut, TotalOut, WithdrawTime
from shared.auth import needs
from shared.edge import By, Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["time spent"])


@routes.post("/incidents/{incident_id}/time", status_code=201, response_model=TimeEntryOut)
@needs(Permission.INCIDENTS_INTERNAL)
async def enter_time(incident_id: UUID, body: EnterTime, by: By, session: Session) -> Any:
    return await actions.enter_time(session, incident_id=incident_id, by=by, **body.model_dump())


@routes.get("/incidents/{incident_id}/time", response_model=list[TimeEntryOut])
@needs(Permission.INCIDENTS_INTERNAL)
async def entries(incident_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.entries_page(session, page, incident_id))


@routes.get("/incidents/{incident_id}/time/totals", response_model=list[TotalOut])
@needs(Permission.INCIDENTS_INTERNAL)
async def totals(incident_id: UUID, session: Session) -> Any:
    return await queries.totals_of(session, incident_id)


@routes.post("/time/{entry_id}/withdraw", response_model=TimeEntryOut)
@needs(Permission.INCIDENTS_INTERNAL)
async def withdraw_time(entry_id: UUID, body: WithdrawTime, by: By, session: Session) -> Any:
    return await actions.withdraw_time(session, entry_id=entry_id, by=by, **body.model_dump())
