"""Feedback as its tests need it: incidents that were closed, surveys that were sent, the page behind a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from shared.events.feedback import SurveySent
from shared.events.incidents import IncidentClosed
from shared.permissions import Role
from tests.harness import ANYBODY, OneService, principal

HOSPITAL, BANK = uuid7(), uuid7()
NURSE = principal(Role.CUSTOMER_USER, customer_id=HOSPITAL)
CLERK = principal(Role.CUSTOMER_USER, customer_id=BANK)
QUALITY = principal(Role.QUALITY)
GOOD = {"rating": "5", "recommend": "9", "comment": "响应很快，谢谢！"}


async def closed(feedback: OneService, event_id: UUID | None = None, **changed: Any) -> IncidentClosed:
    """Tell feedback that an incident was closed."""
    facts = {
        "incident_id": uuid7(),
        "customer_id": HOSPITAL,
        "number": "INC-2026-000123",
        "title": "核心交换机故障",
        "contact_name": "王敏",
        "contact_email": "wang.min@hospital.example",
        "contact_locale": "zh-CN",
        "closed_at": await feedback.now(),
    }
    event = IncidentClosed.model_validate(facts | changed)
    await feedback.hear(event, event_id=event_id)
    return event


async def sent(feedback: OneService, **changed: Any) -> SurveySent:
    """Close an incident and return the invitation that follows."""
    incident = await closed(feedback, **changed)
    [said] = [said for said in await feedback.said(SurveySent) if said.incident_id == incident.incident_id]
    found: SurveySent = said
    return found


def page_of(link: str) -> str:
    return urlsplit(link).path


async def read(feedback: OneService, link: str, language: str | None = None, **headers: str) -> httpx.Response:
    """The page behind a link, as a person without sign-in sees it."""
    async with feedback.as_(ANYBODY) as person:
        return await person.get(page_of(link), params={"lang": language} if language else {}, headers=headers)


async def answer(feedback: OneService, link: str, form: dict[str, str], language: str | None = None) -> httpx.Response:
    async with feedback.as_(ANYBODY) as person:
        return await person.post(page_of(link), data=form, params={"lang": language} if language else {})


async def survey(feedback: OneService, survey_id: UUID) -> dict[str, Any]:
    """The survey as quality sees it."""
    async with feedback.as_(QUALITY) as quality:
        answered = await quality.get(f"/v1/surveys/{survey_id}")
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found
