"""The life of an incident: from its report, over the work on it, to its end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class IncidentReported(
    Event,
    type="incidents.incident_reported.v1",
    subject="incident_id",
    en="{number} reported ({channel}): {title}",
    zh="{number} 已报告（{channel}）：{title}",
):
    """A fault was registered, with the contact to answer and the cover found (`covered` false: not covered).

    `registered_at` is later than `reported_at` when a call was recorded afterwards, with its true time.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    description: str
    channel: str
    severity: str
    asset_id: UUID | None
    site_id: UUID | None
    covered: bool
    agreement_id: UUID | None
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    contact_locale: str
    reported_at: datetime
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    registered_at: datetime | None = None


class IncidentAcknowledged(
    Event,
    type="incidents.incident_acknowledged.v1",
    subject="incident_id",
    en="Acknowledged",
    zh="已响应",
):
    """The desk or an engineer answered the report; the respond clock stops."""

    incident_id: UUID
    customer_id: UUID
    number: str
    acknowledged_by: UUID
    acknowledged_at: datetime


class IncidentClassified(
    Event,
    type="incidents.incident_classified.v1",
    subject="incident_id",
    en="Classified: {severity}, {fault_class}. {analysis}",
    zh="已定性：{severity}，{fault_class}。{analysis}",
):
    """The preliminary analysis: what kind of fault, how severe, which key businesses it hits.

    `quickly_solvable` false: it cannot be solved in the shortest time, so the leading group must know; None: not said.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    severity: str
    fault_class: str
    analysis: str
    asset_id: UUID | None
    site_id: UUID | None
    key_business_ids: tuple[UUID, ...]
    classified_by: UUID
    classified_at: datetime
    quickly_solvable: bool | None = None
    state: str = "in_progress"


class IncidentAssigned(
    Event,
    type="incidents.incident_assigned.v1",
    subject="incident_id",
    en="Assigned to {engineer_name}",
    zh="已指派给 {engineer_name}",
):
    """An engineer is responsible for the incident from now on, and holds it for a team."""

    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str
    team: str | None = None
    state: str = "in_progress"
    title: str = ""


class IncidentPrioritised(
    Event,
    type="incidents.incident_prioritised.v1",
    subject="incident_id",
    en="Priority: {priority} (impact {impact}, urgency {urgency})",
    zh="优先级：{priority}（影响范围{impact}，紧急程度{urgency}）",
):
    """How wide the impact is and how urgent the matter; the priority follows by the contract's matrix."""

    incident_id: UUID
    customer_id: UUID
    number: str
    impact: str
    urgency: str
    priority: str


class WorkBegun(
    Event,
    type="incidents.work_begun.v1",
    subject="incident_id",
    en="Work has begun",
    zh="已开始处理",
):
    """Somebody works on the incident, without having been assigned."""

    incident_id: UUID
    customer_id: UUID
    number: str
    begun_by: UUID
    begun_at: datetime


class IncidentPaused(
    Event,
    type="incidents.incident_paused.v1",
    subject="incident_id",
    en="The time stands still: {reason}. {evidence}",
    zh="暂停计时：{reason}。{evidence}",
):
    """The incident waits for a reason agreed with the customer. `planned_until_at`: then it goes on by itself."""

    incident_id: UUID
    customer_id: UUID
    number: str
    pause_id: UUID
    reason: str
    evidence: str
    from_at: datetime
    planned_until_at: datetime | None


class IncidentResumed(
    Event,
    type="incidents.incident_resumed.v1",
    subject="incident_id",
    en="The time runs on, from {until_at}",
    zh="自 {until_at} 起恢复计时",
):
    """The incident waits no longer. `by_itself`: the planned end came, or the agreed total was used up."""

    incident_id: UUID
    customer_id: UUID
    number: str
    pause_id: UUID
    until_at: datetime
    by_itself: bool = False


class PauseReplanned(
    Event,
    type="incidents.pause_replanned.v1",
    subject="incident_id",
    en="For how long the time may stand still has changed",
    zh="可暂停时长已变更",
):
    """The pause that goes on ends by itself at another time (`planned_until_at`), or (None) not before it is ended."""

    incident_id: UUID
    customer_id: UUID
    number: str
    pause_id: UUID
    from_at: datetime
    planned_until_at: datetime | None


class PauseDisputed(
    Event,
    type="incidents.pause_disputed.v1",
    subject="incident_id",
    en="The customer disputes a pause: {dispute}",
    zh="客户对暂停提出异议：{dispute}",
):
    """The customer says that the time should have counted."""

    incident_id: UUID
    customer_id: UUID
    number: str
    pause_id: UUID
    dispute: str
    disputed_by: UUID
    title: str = ""
    engineer_id: UUID | None = None


class PauseSettled(
    Event,
    type="incidents.pause_settled.v1",
    subject="incident_id",
    en="The disputed pause is {outcome}: {settlement}",
    zh="有异议的暂停{outcome}：{settlement}",
):
    """A dispute is settled: the pause is upheld, or struck and its time counts after all."""

    incident_id: UUID
    customer_id: UUID
    number: str
    pause_id: UUID
    outcome: str
    settlement: str
    settled_by: UUID


class IncidentResolved(
    Event,
    type="incidents.incident_resolved.v1",
    subject="incident_id",
    en="Service restored: {solution}",
    zh="服务已恢复：{solution}",
):
    """Service is restored; the business departments named are told, and the contact is asked to confirm."""

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    solution: str
    department_ids: tuple[UUID, ...]
    contact_name: str
    contact_email: str | None
    contact_locale: str
    resolved_at: datetime


class IncidentConfirmed(
    Event,
    type="incidents.incident_confirmed.v1",
    subject="incident_id",
    en="The customer confirmed the restoration",
    zh="客户已确认恢复",
):
    """A user of the customer confirmed that service is restored."""

    incident_id: UUID
    customer_id: UUID
    number: str
    confirmed_by: UUID
    confirmed_at: datetime


class SolutionRefused(
    Event,
    type="incidents.solution_refused.v1",
    subject="incident_id",
    en="The customer refused the solution: {reason_given}",
    zh="客户不认可解决结果：{reason_given}",
):
    """Service is not restored, the customer says; the resolution clock runs on."""

    incident_id: UUID
    customer_id: UUID
    number: str
    reason_given: str
    refused_by: UUID
    refused_at: datetime
    title: str = ""
    engineer_id: UUID | None = None


class IncidentReopened(
    Event,
    type="incidents.incident_reopened.v1",
    subject="incident_id",
    en="Reopened: {reason_given}",
    zh="重新打开：{reason_given}",
):
    """The fault is back, or the end was a mistake; the clocks run on from what they had counted."""

    incident_id: UUID
    customer_id: UUID
    number: str
    reason_given: str
    reopened_at: datetime
    state: str = "in_progress"
    title: str = ""
    engineer_id: UUID | None = None


class IncidentCancelled(
    Event,
    type="incidents.incident_cancelled.v1",
    subject="incident_id",
    en="Cancelled: {reason_given}",
    zh="已取消：{reason_given}",
):
    """There is nothing to be done: a mistake, a repetition, withdrawn by who reported it."""

    incident_id: UUID
    customer_id: UUID
    number: str
    reason_given: str
    cancelled_at: datetime
    title: str = ""
    contact_name: str = ""
    contact_email: str | None = None
    contact_locale: str = "zh-CN"


class IncidentClosed(
    Event,
    type="incidents.incident_closed.v1",
    subject="incident_id",
    en="{number} closed",
    zh="{number} 已关闭",
):
    """The incident is over. What follows (survey, report) hangs on this.

    `unanswered`: nobody of the customer answered within the agreed days, which counts as acceptance.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    contact_name: str
    contact_email: str | None
    contact_locale: str
    closed_at: datetime
    unanswered: bool = False
