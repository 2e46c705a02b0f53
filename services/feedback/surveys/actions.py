"""Asking, reminding, taking the answer, closing what nobody answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback.settings import Settings
from services.feedback.surveys import domain, queries
from services.feedback.surveys.models import Link, Survey
from shared.audit import note
from shared.db import as_record, context, settings_of
from shared.events.feedback import SurveyAnswered, SurveyExpired, SurveyReminded, SurveySent
from shared.events.incidents import IncidentClosed
from shared.moves import moved
from shared.outbox import emit
from shared.timers import Wanted, arm_each, cancel_many

REMINDER = "survey_reminder"
EXPIRY = "survey_expiry"


async def ask_contact(session: AsyncSession, closed: IncidentClosed) -> None:
    """Send the contact a survey, or record why not. Without an e-mail address nobody is asked."""
    if closed.contact_email is None:
        return
    survey = Survey(
        customer_id=closed.customer_id,
        incident_id=closed.incident_id,
        number=closed.number,
        title=closed.title,
        contact_name=closed.contact_name,
        contact_email=closed.contact_email,
        contact_locale=closed.contact_locale,
        template_version=domain.CURRENT.version,
        state=domain.NOT_SENT,
        reason="asked_recently",
    )
    if not await _in_peace(session, closed.customer_id, closed.contact_email):
        survey.state, survey.reason = "sent", None
        survey.sent_at = context(session).now
        survey.expires_at = survey.sent_at + timedelta(days=settings_of(session, Settings).open_days)
    session.add(survey)
    await session.flush()
    after = as_record(survey, "incident_id", "contact_email", "state", "reason", "expires_at")
    note(session, survey.id, "ask_contact", after=after, customer_id=survey.customer_id)
    if survey.state == "sent":
        await _arm(session, survey)
        emit(session, SurveySent(**await _invitation(session, survey)))


async def remind(session: AsyncSession, *, survey_id: UUID) -> None:
    """Ask once more. Does nothing once the survey is answered, or its time is over."""
    survey = await queries.locked_survey(session, survey_id)
    now = context(session).now
    if survey.state != "sent" or survey.expires_at is None or now >= survey.expires_at:
        return
    await _move(session, survey, "remind", reminded_at=now)
    emit(session, SurveyReminded(**await _invitation(session, survey)))


async def answer(session: AsyncSession, *, survey_id: UUID, answers: domain.Answers) -> Survey:
    """Keep the answers for good. Raises AlreadyAnswered, LinkExpired."""
    survey = await queries.locked_survey(session, survey_id)
    require_open(session, survey)
    # after the survey's row, as a timer that fires takes them: no deadlock with it
    await cancel_many(session, (REMINDER, EXPIRY), [survey_id])
    now = context(session).now
    await _move(session, survey, "answer", answered_at=now, **vars(answers))
    emit(
        session,
        SurveyAnswered(
            survey_id=survey.id,
            incident_id=survey.incident_id,
            customer_id=survey.customer_id,
            rating=answers.rating,
            recommend=answers.recommend,
            answered_at=now,
        ),
    )
    return survey


async def expire(session: AsyncSession, *, survey_id: UUID) -> None:
    """Close a survey that nobody answered. Does nothing when it was answered meanwhile."""
    survey = await queries.locked_survey(session, survey_id)
    if survey.state != "sent":
        return
    await _move(session, survey, "expire")
    emit(
        session,
        SurveyExpired(survey_id=survey.id, incident_id=survey.incident_id, customer_id=survey.customer_id),
    )


def require_open(session: AsyncSession, survey: Survey) -> None:
    """Raises AlreadyAnswered, LinkExpired."""
    now = context(session).now
    domain.require_open(survey.state, survey.expires_at or now, now, survey.contact_locale)


async def _in_peace(session: AsyncSession, customer_id: UUID, email: str) -> bool:
    rest = timedelta(days=settings_of(session, Settings).contact_rest_days)
    if not rest:
        return False
    return domain.in_peace(await queries.last_asked_at(session, customer_id, email), context(session).now, rest)


async def _arm(session: AsyncSession, survey: Survey) -> None:
    now, settings = context(session).now, settings_of(session, Settings)
    whose = {"customer_id": survey.customer_id, "correlation_id": survey.incident_id}
    due = ((REMINDER, settings.reminder_days), (EXPIRY, settings.open_days))
    await arm_each(
        session, [Wanted(kind, survey.id, "", now + timedelta(days=days), {}, **whose) for kind, days in due]
    )


async def _invitation(session: AsyncSession, survey: Survey) -> dict[str, Any]:
    """What an invitation states, with its link, whose token's hash is kept so that the link is recognised."""
    settings = settings_of(session, Settings)
    token = domain.token_of(survey.id, settings.token_secret)
    row = {"token_hash": domain.token_hash(token), "survey_id": survey.id, "customer_id": survey.customer_id}
    await session.execute(insert(Link).values(row).on_conflict_do_nothing())
    stated = ("incident_id", "customer_id", "number", "contact_name", "contact_email", "contact_locale", "expires_at")
    facts = {name: getattr(survey, name) for name in stated}
    return {"survey_id": survey.id, "link": f"{settings.public_url}/s/{token}", **facts}


async def _move(session: AsyncSession, survey: Survey, move: str, **facts: Any) -> None:
    before = {"state": survey.state}
    survey.state = moved(domain.MOVES, survey.state, move)
    survey.version += 1
    for name, value in facts.items():
        setattr(survey, name, value)
    await session.flush()
    after = as_record(survey, "state", *facts)
    note(session, survey.id, move, before=before, after=after, customer_id=survey.customer_id)
