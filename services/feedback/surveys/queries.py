"""What can be asked about surveys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback.surveys.domain import LinkUnknown, token_hash
from services.feedback.surveys.models import Link, Survey
from shared.db import context
from shared.errors import NotFound
from shared.paging import Page


class SurveyNotFound(NotFound):
    code = "survey_not_found"
    en = "There is no survey {survey_id}."
    zh = "没有满意度调查 {survey_id}。"


async def survey(session: AsyncSession, survey_id: UUID) -> Survey:
    found = await session.get(Survey, survey_id)
    if found is None:
        raise SurveyNotFound(survey_id=survey_id)
    return found


async def locked_survey(session: AsyncSession, survey_id: UUID) -> Survey:
    """The survey under its row lock, as it is now, whatever was read of it before."""
    found = await session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise SurveyNotFound(survey_id=survey_id)
    return found


async def survey_behind(session: AsyncSession, token: str) -> Survey:
    """The survey a link leads to. Raises LinkUnknown, also for a signed-in user of another customer."""
    behind = select(Survey).join(Link, Link.survey_id == Survey.id).where(Link.token_hash == token_hash(token))
    found = (await session.scalars(behind)).one_or_none()
    if found is None or context(session).customer_id not in (None, found.customer_id):
        raise LinkUnknown()
    return found


async def surveys_page(session: AsyncSession, page: Page, incident_id: UUID | None) -> Sequence[Survey]:
    surveys = select(Survey)
    if incident_id is not None:
        surveys = surveys.where(Survey.incident_id == incident_id)
    return (await session.scalars(page.of(surveys, Survey.id))).all()


async def last_asked_at(session: AsyncSession, customer_id: UUID, email: str) -> datetime | None:
    """When a contact was last sent a survey. Held until the end of the transaction against a second asker."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(email.lower(), 0))))
    asked = select(func.max(Survey.sent_at)).where(Survey.customer_id == customer_id)
    found: datetime | None = await session.scalar(asked.where(func.lower(Survey.contact_email) == email.lower()))
    return found
