"""What feedback says: surveys sent, reminded, answered, expired."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class SurveySent(
    Event,
    type="feedback.survey_sent.v1",
    subject="survey_id",
    en="Satisfaction survey sent to {contact_name}",
    zh="已向 {contact_name} 发送满意度调查",
    secret=("link",),
):
    """A contact is asked what they think of the service. `link` is the public page with its one-time token."""

    survey_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    contact_name: str
    contact_email: str
    contact_locale: str
    link: str
    expires_at: datetime


class SurveyReminded(
    Event,
    type="feedback.survey_reminded.v1",
    subject="survey_id",
    en="Reminder of the survey sent to {contact_name}",
    zh="已向 {contact_name} 发送调查提醒",
    secret=("link",),
):
    """The contact has not answered yet and is asked once more."""

    survey_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    contact_name: str
    contact_email: str
    contact_locale: str
    link: str
    expires_at: datetime


class SurveyAnswered(
    Event,
    type="feedback.survey_answered.v1",
    subject="survey_id",
    en="Survey answered: {rating} of 5",
    zh="调查已答复：{rating} 分（满分 5 分）",
):
    """The contact answered. `rating` is 1 to 5, `recommend` 0 to 10."""

    survey_id: UUID
    incident_id: UUID
    customer_id: UUID
    rating: int
    recommend: int | None
    answered_at: datetime


class SurveyExpired(
    Event,
    type="feedback.survey_expired.v1",
    subject="survey_id",
    en="Survey expired without an answer",
    zh="调查已过期，未收到答复",
):
    """The survey closed unanswered."""

    survey_id: UUID
    incident_id: UUID
    customer_id: UUID
