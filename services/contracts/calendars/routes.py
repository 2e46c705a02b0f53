"""Calendars over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.contracts.calendars import actions, queries
from services.contracts.calendars.domain import Question
from services.contracts.calendars.schemas import (
    AddCalendar,
    AddChineseCalendar,
    CalendarOut,
    PreviewCalendar,
    PreviewOut,
)
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["calendars"])


@routes.post("/calendars", status_code=201, response_model=CalendarOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_calendar(body: AddCalendar, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_calendar(session, **body.model_dump()))


@routes.post("/calendars:china", status_code=201, response_model=CalendarOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_chinese_calendar(body: AddChineseCalendar, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_chinese_calendar(session, **body.model_dump()))


@routes.get("/calendars", response_model=list[CalendarOut])
@needs(Permission.CONTRACTS_READ)
async def calendars(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.calendars_page(session, page))


@routes.get("/calendars/{calendar_id}", response_model=CalendarOut)
@needs(Permission.CONTRACTS_READ)
async def calendar(calendar_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.calendar(session, calendar_id))


@routes.post("/calendars/{calendar_id}/preview", response_model=PreviewOut)
@needs(Permission.CONTRACTS_READ)
async def preview_calendar(calendar_id: UUID, body: PreviewCalendar, session: Session) -> Any:
    asked = Question(**body.model_dump(exclude={"data"}))
    return await queries.preview(session, calendar_id, asked, body.data)
