"""The table of contents of feedback: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.feedback.base import Base
from services.feedback.consumers import consumers
from services.feedback.jobs import jobs
from services.feedback.settings import Settings
from services.feedback.surveys.routes import pages as survey_pages
from services.feedback.surveys.routes import routes as survey_routes
from shared.events import feedback as says
from shared.service import Service

SERVICE = Service(
    name="feedback",
    summary="Satisfaction surveys, answered on public pages",
    settings=Settings,
    metadata=Base.metadata,
    routers=(survey_routes, survey_pages),
    emits=(says.SurveySent, says.SurveyReminded, says.SurveyAnswered, says.SurveyExpired),
    consumers=consumers,
    jobs=jobs,
)
