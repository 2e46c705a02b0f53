"""The table of contents of incidents: what it answers, says, listens to and does on time."""

from __future__ import annotations

from collections.abc import Sequence

from services.incidents.attachments.routes import routes as attachment_routes
from services.incidents.base import Base
from services.incidents.classifying.routes import routes as classifying_routes
from services.incidents.comments.routes import routes as comment_routes
from services.incidents.consumers import consumers
from services.incidents.copies.actions import COPIES
from services.incidents.covers.routes import routes as cover_routes
from services.incidents.endings.routes import routes as ending_routes
from services.incidents.explanations.routes import routes as explanation_routes
from services.incidents.exports.routes import routes as export_routes
from services.incidents.families.routes import routes as family_routes
from services.incidents.imports.routes import routes as import_routes
from services.incidents.incidents.routes import routes as incident_routes
from services.incidents.jobs import jobs
from services.incidents.loops import Sweep
from services.incidents.merging.routes import routes as merging_routes
from services.incidents.problems.routes import routes as problem_routes
from services.incidents.relations.routes import routes as relation_routes
from services.incidents.retargeting.routes import routes as retargeting_routes
from services.incidents.settings import Settings
from services.incidents.shares.routes import routes as share_routes
from services.incidents.tags.routes import routes as tag_routes
from services.incidents.time_spent.routes import routes as time_routes
from services.incidents.timeline.routes import routes as timeline_routes
from services.incidents.views.routes import routes as view_routes
from services.incidents.visits.routes import routes as visit_routes
from services.incidents.waiting.routes import routes as waiting_routes
from services.incidents.watchers.routes import routes as watcher_routes
from shared.events import incidents as says
from shared.service import Runtime, Service
from shared.worker import Loop


def loops(runtime: Runtime) -> Sequence[Loop]:
    return (Sweep(runtime.database, runtime.files),)


SERVICE = Service(
    name="incidents",
    summary="Incidents, their promises, visits and timeline",
    settings=Settings,
    metadata=Base.metadata,
    routers=(
        import_routes,
        export_routes,
        incident_routes,
        classifying_routes,
        ending_routes,
        waiting_routes,
        cover_routes,
        merging_routes,
        family_routes,
        relation_routes,
        problem_routes,
        share_routes,
        explanation_routes,
        retargeting_routes,
        visit_routes,
        timeline_routes,
        comment_routes,
        attachment_routes,
        watcher_routes,
        time_routes,
        tag_routes,
        view_routes,
    ),
    loops=loops,
    emits=(
        says.IncidentReported,
        says.IncidentAcknowledged,
        says.IncidentClassified,
        says.IncidentAssigned,
        says.IncidentPrioritised,
        says.WorkBegun,
        says.CoverDecided,
        says.CoverFound,
        says.AgreementReplaced,
        says.IncidentPaused,
        says.IncidentResumed,
        says.PauseReplanned,
        says.PauseDisputed,
        says.PauseSettled,
        says.IncidentResolved,
        says.IncidentConfirmed,
        says.SolutionRefused,
        says.IncidentReopened,
        says.IncidentCancelled,
        says.IncidentMerged,
        says.IncidentUnmerged,
        says.IncidentAbsorbed,
        says.IncidentReleased,
        says.ParentChanged,
        says.ChildrenChanged,
        says.RelationChanged,
        says.ProblemEscalated,
        says.JointAnalysisConvened,
        says.ParticipantJoined,
        says.HypothesisProposed,
        says.HypothesisJudged,
        says.JointAnalysisConcluded,
        says.JointAnalysisEnded,
        says.JointAnalysisTakenUp,
        says.IncidentClosed,
        says.IncidentImported,
        says.VisitPlanned,
        says.VisitDeparted,
        says.VisitArrived,
        says.VisitCompleted,
        says.VisitCancelled,
        says.VisitTakenUp,
        says.IncidentCommented,
        says.InternalNoteAdded,
        says.AttachmentAdded,
        says.AttachmentWithdrawn,
        says.InternalAttachmentAdded,
        says.InternalAttachmentWithdrawn,
        says.WatchersChanged,
        says.TimeSpent,
        says.TimeWithdrawn,
        says.ClocksArmed,
        says.ClockStopped,
        says.ClockWarned,
        says.ClockBreached,
    ),
    consumers=consumers,
    jobs=jobs,
    copies=tuple(COPIES.values()),
)
