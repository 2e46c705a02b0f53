"""The table of contents of escalation: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.escalation.activations.routes import routes as activation_routes
from services.escalation.alarms.routes import routes as alarm_routes
from services.escalation.base import Base
from services.escalation.consumers import consumers
from services.escalation.copies.models import Incident, Organisation, Person
from services.escalation.emergencies.routes import routes as emergency_routes
from services.escalation.engagements.routes import routes as engagement_routes
from services.escalation.jobs import jobs
from services.escalation.part_call_ups.routes import routes as part_call_up_routes
from services.escalation.plans.routes import routes as plan_routes
from services.escalation.settings import Settings
from shared.events import escalation as says
from shared.service import Service

SERVICE = Service(
    name="escalation",
    summary="Contingency plans, emergencies, activations, external parties, alarms",
    settings=Settings,
    metadata=Base.metadata,
    routers=(
        plan_routes,
        emergency_routes,
        activation_routes,
        engagement_routes,
        part_call_up_routes,
        alarm_routes,
    ),
    emits=(
        says.EmergencyOpened,
        says.SuperiorInformed,
        says.ActivationRequested,
        says.ActivationUnanswered,
        says.ActivationAuthorised,
        says.ActivationRefused,
        says.ActivationWithdrawn,
        says.PlanStepStarted,
        says.PlanStepCompleted,
        says.PlanCompleted,
        says.PartsCalledUp,
        says.PartyEngaged,
        says.EngagementMoved,
        says.AlarmRaised,
        says.AlarmAcknowledged,
        says.AlarmStopped,
    ),
    consumers=consumers,
    jobs=jobs,
    copies=(Incident, Organisation, Person),
)
