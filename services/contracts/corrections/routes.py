"""Corrections of calendars over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.contracts.corrections import actions
from services.contracts.corrections.schemas import CorrectCalendar, CorrectionOut, ExtendCalendar
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/calendars/{calendar_id}", tags=["calendars"])


@routes.post("/correct", response_model=CorrectionOut)
@needs(Permission.CONTRACTS_WRITE)
async def correct_calendar(calendar_id: UUID, body: CorrectCalendar, response: Response, session: Session) -> Any:
    correction = await actions.correct_calendar(session, calendar_id=calendar_id, **body.model_dump())
    tagged(response, correction.calendar)
    return correction


@routes.post("/extend", response_model=CorrectionOut)
@needs(Permission.CONTRACTS_WRITE)
async def extend_calendar(calendar_id: UUID, body: ExtendCalendar, response: Response, session: Session) -> Any:
    correction = await actions.extend_calendar(session, calendar_id=calendar_id, **body.model_dump())
    tagged(response, correction.calendar)
    return correction
