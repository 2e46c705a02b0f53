"""Alarms over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.escalation.alarms import actions, queries
from services.escalation.alarms.schemas import AlarmOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/alarms", tags=["alarms"])


@routes.get("", response_model=list[AlarmOut])
@needs(Permission.ALARMS_READ)
async def alarms(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.alarms_page(session, page, incident_id))


@routes.get("/{alarm_id}", response_model=AlarmOut)
@needs(Permission.ALARMS_READ)
async def alarm(alarm_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.alarm(session, alarm_id))


@routes.post("/{alarm_id}/acknowledge", response_model=AlarmOut)
@needs(Permission.ALARMS_ACKNOWLEDGE)
async def acknowledge_alarm(alarm_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await actions.acknowledge_alarm(session, alarm_id=alarm_id))
