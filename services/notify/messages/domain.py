"""Which event is told to whom, and how often a mail is tried. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notify.recipients.domain import Recipient, department_key, known, person_key
from shared.events import Event
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    ActivationUnanswered,
    AlarmRaised,
    EmergencyOpened,
    PartyEngaged,
    SuperiorInformed,
)
from shared.events.feedback import SurveyReminded, SurveySent
from shared.events.incidents import (
    IncidentAssigned,
    IncidentCancelled,
    IncidentClosed,
    IncidentCommented,
    IncidentMerged,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    IncidentUnmerged,
    PauseDisputed,
    SolutionRefused,
    VisitCancelled,
    VisitPlanned,
    VisitTakenUp,
)
from shared.events.inventory import PartReserved
from shared.moves import Moves
from shared.permissions import Role

EMAIL = "email"
MOVES: Moves = {("waiting", "send"): "sent", ("waiting", "fail"): "failed"}

WAITS = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
)
"""From each try of a mail to the next: ten tries in 15 h 51 min.

After the first half hour a wait is as long as all before it: a mail server that was down that long makes a mail late by
no more than as long again.
"""


@dataclass(frozen=True, slots=True)
class Whom:
    """Keys of people and departments to look up, or a recipient whom the event itself describes.

    `watching`: the incident whose watchers are meant. `role`: all who hold it. `but_actor`: not whoever made the event.
    """

    keys: tuple[str, ...] = ()
    directly: Recipient | None = None
    watching: UUID | None = None
    role: Role | None = None
    but_actor: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """On `event` one message goes to each recipient; the occasion names its template. `urgent` ones leave first."""

    event: type[Event]
    occasion: str
    to: Callable[[Any], Whom]
    urgent: bool = False


def people(*fields: str) -> Callable[[Any], Whom]:
    """The people whose ids the event has in these fields, each once."""

    def whom(event: Any) -> Whom:
        values = [getattr(event, name) for name in fields]
        ids: list[UUID] = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
        return Whom(tuple(dict.fromkeys(person_key(one) for one in ids)))

    return whom


def departments(event: Any) -> Whom:
    return Whom(tuple(dict.fromkeys(department_key(one) for one in event.department_ids)))


def contact(event: Any) -> Whom:
    key = f"contact:{event.contact_email or event.contact_name}"
    return Whom(directly=known(key, event.contact_name, event.contact_email, event.contact_locale))


def watchers(event: Any) -> Whom:
    return Whom(watching=event.incident_id, but_actor=True)


def engineer_or_desk(event: Any) -> Whom:
    """Whoever is responsible for the incident; while nobody is, the service desk."""
    if event.engineer_id is None:
        return Whom(role=Role.DESK, but_actor=True)
    return Whom((person_key(event.engineer_id),), but_actor=True)


def contact_of_ours(event: Any) -> Whom:
    """The contact hears what the provider said, not what comes from the customer itself."""
    return Whom() if event.from_customer else contact(event)


def party(event: Any) -> Whom:
    key = f"party:{event.party_email or event.party_name}"
    return Whom(directly=known(key, event.party_name, event.party_email, event.party_locale))


RULES = (
    Rule(IncidentReported, "incident_registered", contact),
    Rule(EmergencyOpened, "emergency_opened", people("leader_ids"), urgent=True),
    Rule(SuperiorInformed, "superior_informed", people("superior_ids"), urgent=True),
    Rule(ActivationRequested, "activation_requested", people("leader_ids"), urgent=True),
    Rule(ActivationUnanswered, "activation_unanswered", people("leader_ids", "superior_ids"), urgent=True),
    Rule(ActivationAuthorised, "activation_authorised", people("requested_by"), urgent=True),
    Rule(ActivationRefused, "activation_refused", people("requested_by"), urgent=True),
    Rule(AlarmRaised, "alarm_raised", people("recipient_ids"), urgent=True),
    Rule(PartyEngaged, "party_engaged", party, urgent=True),
    Rule(PartReserved, "part_reserved", people("keeper_id")),
    Rule(VisitPlanned, "visit_planned", people("engineer_id")),
    Rule(VisitCancelled, "visit_cancelled", people("engineer_id"), urgent=True),
    Rule(VisitTakenUp, "visit_taken_up", people("engineer_id")),
    Rule(IncidentAssigned, "incident_assigned", engineer_or_desk),
    Rule(SolutionRefused, "solution_refused", engineer_or_desk),
    Rule(IncidentReopened, "incident_reopened", engineer_or_desk),
    Rule(PauseDisputed, "pause_disputed", engineer_or_desk),
    Rule(IncidentResolved, "service_restored", departments),
    Rule(IncidentResolved, "confirmation_asked", contact),
    Rule(IncidentCancelled, "incident_cancelled", contact),
    Rule(IncidentMerged, "incident_merged", contact),
    Rule(IncidentUnmerged, "incident_unmerged", contact),
    Rule(IncidentResolved, "watched_resolved", watchers),
    Rule(IncidentClosed, "watched_closed", watchers),
    Rule(IncidentCommented, "comment_added", contact_of_ours),
    Rule(IncidentCommented, "customer_commented", people("told_ids")),
    Rule(IncidentCommented, "watched_comment", watchers),
    Rule(SurveySent, "survey_sent", contact),
    Rule(SurveyReminded, "survey_reminded", contact),
)
"""THE table of who is told what. Emergencies are told at once, at any hour; so is everything else so far."""

TOLD_EVENTS = tuple(dict.fromkeys(rule.event for rule in RULES))
SECRET_OCCASIONS = frozenset(rule.occasion for rule in RULES if rule.event.secret)
"""The text of such a message is shown to its recipient only."""
INTERNAL_OCCASIONS = frozenset(rule.occasion for rule in RULES if rule.to is watchers)
"""Who watches an incident is told among the provider's people only."""


def rules_for(event: Event) -> list[Rule]:
    return [rule for rule in RULES if rule.event is type(event)]


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failed ones (at least one), the last just `now`; None: never."""
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None
