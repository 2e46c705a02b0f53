"""Surveys over HTTP: lists for staff and the customer they are about, and the public pages behind a link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.feedback.surveys import actions, queries
from services.feedback.surveys import pages as page
from services.feedback.surveys.domain import TEMPLATES, AlreadyAnswered, InvalidAnswers, read_answers
from services.feedback.surveys.schemas import SurveyOut
from shared.auth import needs, public
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/surveys", tags=["surveys"])
pages = APIRouter(prefix="/s", route_class=page.PageRoute, include_in_schema=False)


@routes.get("", response_model=list[SurveyOut])
@needs(Permission.SURVEYS_READ)
async def surveys(
    request: Request, response: Response, paged: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, paged, await queries.surveys_page(session, paged, incident_id))


@routes.get("/{survey_id}", response_model=SurveyOut)
@needs(Permission.SURVEYS_READ)
async def survey(survey_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.survey(session, survey_id))


@pages.get("/{token}")
@public()
async def show_survey(token: str, request: Request, session: Session) -> Response:
    found = await queries.survey_behind(session, token)
    try:
        actions.require_open(session, found)
    except AlreadyAnswered as answered:
        return page.answered_page(request, found, answered)
    return page.survey_page(request, found)


@pages.post("/{token}")
@public()
async def answer_survey(token: str, request: Request, session: Session) -> Response:
    found = await queries.survey_behind(session, token)
    actions.require_open(session, found)
    form = await page.form_of(request)
    try:
        answers = read_answers(TEMPLATES[found.template_version], form)
    except InvalidAnswers as invalid:
        return page.survey_page(request, found, form=form, problems=invalid.members["problems"])
    return page.thanks_page(request, await actions.answer(session, survey_id=found.id, answers=answers))
