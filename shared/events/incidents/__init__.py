"""What incidents says: the life of an incident, its visits, and its clocks."""

from shared.events.incidents.clocks import ClockArmed, ClockBreached, ClockStopped, ClockWarned, PausedStretch
from shared.events.incidents.cover import AgreementReplaced, CoverDecided, CoverFound
from shared.events.incidents.history import IncidentImported, RecordedClock, RecordedFact
from shared.events.incidents.life import (
    IncidentAcknowledged,
    IncidentAssigned,
    IncidentCancelled,
    IncidentClassified,
    IncidentClosed,
    IncidentConfirmed,
    IncidentPaused,
    IncidentPrioritised,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    IncidentResumed,
    PauseDisputed,
    PauseSettled,
    SolutionRefused,
    WorkBegun,
)
from shared.events.incidents.relations import IncidentMerged, IncidentUnmerged
from shared.events.incidents.visits import VisitArrived, VisitCompleted, VisitDeparted, VisitPlanned

__all__ = [
    "AgreementReplaced",
    "ClockArmed",
    "ClockBreached",
    "ClockStopped",
    "ClockWarned",
    "CoverDecided",
    "CoverFound",
    "IncidentAcknowledged",
    "IncidentAssigned",
    "IncidentCancelled",
    "IncidentClassified",
    "IncidentClosed",
    "IncidentConfirmed",
    "IncidentImported",
    "IncidentMerged",
    "IncidentPaused",
    "IncidentPrioritised",
    "IncidentReopened",
    "IncidentReported",
    "IncidentResolved",
    "IncidentResumed",
    "IncidentUnmerged",
    "PauseDisputed",
    "PauseSettled",
    "PausedStretch",
    "RecordedClock",
    "RecordedFact",
    "SolutionRefused",
    "VisitArrived",
    "VisitCompleted",
    "VisitDeparted",
    "VisitPlanned",
    "WorkBegun",
]
