"""What escalation says: emergencies, plan activations, what a plan calls up, and alarms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class EmergencyOpened(
    Event,
    type="escalation.emergency_opened.v1",
    subject="emergency_id",
    en="Leading group told: {severity}, {fault_class}",
    zh="已告知领导小组：{severity}，{fault_class}",
):
    """An incident is an emergency; the leading group is told at once, and again when the incident comes back."""

    emergency_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    severity: str
    fault_class: str
    analysis: str
    leader_ids: tuple[UUID, ...]
    opened_at: datetime


class SuperiorInformed(
    Event,
    type="escalation.superior_informed.v1",
    subject="emergency_id",
    en="Superior authority told",
    zh="已报告上级机关",
):
    """A disaster, or a major event that hits a key business, was reported to the superior authority."""

    emergency_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    severity: str
    superior_ids: tuple[UUID, ...]
    informed_at: datetime


class ActivationRequested(
    Event,
    type="escalation.activation_requested.v1",
    subject="activation_id",
    en="Activation of plan “{plan_name_en}” requested: {reason}",
    zh="申请启动预案“{plan_name_zh}”：{reason}",
):
    """The emergency team asks the leading group to let a contingency plan start. `answer_by`: when it escalates."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    plan_id: UUID
    plan_name_zh: str
    plan_name_en: str
    reason: str
    requested_by: UUID
    requested_at: datetime
    answer_by: datetime
    leader_ids: tuple[UUID, ...]


class ActivationUnanswered(
    Event,
    type="escalation.activation_unanswered.v1",
    subject="activation_id",
    en="Nobody of the leading group answered the request for “{plan_name_en}” in time",
    zh="领导小组未在时限内答复“{plan_name_zh}”的启动申请",
):
    """A request was not decided in time; it goes on to the next level and stays open."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    plan_name_zh: str
    plan_name_en: str
    leader_ids: tuple[UUID, ...]
    superior_ids: tuple[UUID, ...]


class ActivationAuthorised(
    Event,
    type="escalation.activation_authorised.v1",
    subject="activation_id",
    en="Plan “{plan_name_en}” authorised by {decided_by_name}",
    zh="{decided_by_name} 授权启动预案“{plan_name_zh}”",
):
    """The leading group authorised the plan; it runs. `information` is what the decision rested on."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    plan_id: UUID
    plan_name_zh: str
    plan_name_en: str
    information: str
    requested_by: UUID
    decided_by: UUID
    decided_by_name: str
    decided_at: datetime


class ActivationRefused(
    Event,
    type="escalation.activation_refused.v1",
    subject="activation_id",
    en="Plan “{plan_name_en}” refused by {decided_by_name}: {reason}",
    zh="{decided_by_name} 拒绝启动预案“{plan_name_zh}”：{reason}",
):
    """The leading group refused the plan, with its reason; it never runs from this request."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    plan_name_zh: str
    plan_name_en: str
    reason: str
    requested_by: UUID
    decided_by: UUID
    decided_by_name: str
    decided_at: datetime


class ActivationWithdrawn(
    Event,
    type="escalation.activation_withdrawn.v1",
    subject="activation_id",
    en="Request for plan “{plan_name_en}” withdrawn: the incident is closed",
    zh="事件已关闭，撤回预案“{plan_name_zh}”的启动申请",
):
    """The incident closed before anybody decided on the request; it needs no decision any more."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    plan_id: UUID
    plan_name_zh: str
    plan_name_en: str
    requested_by: UUID
    withdrawn_at: datetime


class PlanStepStarted(
    Event,
    type="escalation.plan_step_started.v1",
    subject="activation_id",
    en="Step {position} started: {title_en}",
    zh="第 {position} 步开始：{title_zh}",
):
    """A step of a running plan began."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    step_id: UUID
    position: int
    title_zh: str
    title_en: str
    owner_id: UUID | None
    due_at: datetime


class PlanStepCompleted(
    Event,
    type="escalation.plan_step_completed.v1",
    subject="activation_id",
    en="Step {position} done: {title_en}. {result}",
    zh="第 {position} 步完成：{title_zh}。{result}",
):
    """A step of a running plan ended, with its result."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    step_id: UUID
    position: int
    title_zh: str
    title_en: str
    result: str
    completed_at: datetime


class PlanCompleted(
    Event,
    type="escalation.plan_completed.v1",
    subject="activation_id",
    en="Plan “{plan_name_en}” completed",
    zh="预案“{plan_name_zh}”执行完毕",
):
    """All steps of the plan are done."""

    activation_id: UUID
    incident_id: UUID
    customer_id: UUID
    plan_name_zh: str
    plan_name_en: str
    completed_at: datetime


class PartsCalledUp(
    Event,
    type="escalation.parts_called_up.v1",
    subject="call_up_id",
    en="Spare part called up: {quantity} × {part_number}",
    zh="调用备件：{part_number} × {quantity}",
):
    """A part is needed for an incident. Inventory answers with PartReserved or ReservationRefused."""

    call_up_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    activation_id: UUID | None
    part_number: str
    quantity: int
    site_id: UUID | None
    called_up_at: datetime


class PartyEngaged(
    Event,
    type="escalation.party_engaged.v1",
    subject="engagement_id",
    en="External party contacted: {party_name} ({fault_class})",
    zh="已联系外部支持：{party_name}（{fault_class}）",
):
    """An external party (vendor, carrier, integrator, developer) was contacted for an incident."""

    engagement_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    party_name: str
    party_email: str | None
    party_locale: str
    fault_class: str
    contacted_at: datetime


class EngagementMoved(
    Event,
    type="escalation.engagement_moved.v1",
    subject="engagement_id",
    en="{party_name}: {state}",
    zh="{party_name}：{state}",
):
    """An external party accepted, arrived (or connected), or is done."""

    engagement_id: UUID
    incident_id: UUID
    customer_id: UUID
    party_name: str
    state: str
    moved_at: datetime


class AlarmRaised(
    Event,
    type="escalation.alarm_raised.v1",
    subject="alarm_id",
    en="Alarm: {reason} ({detail})",
    zh="告警：{reason}（{detail}）",
):
    """Somebody must look now: a broken promise, an unanswered request, a part that is not to be had."""

    alarm_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    reason: str
    detail: str
    recipient_ids: tuple[UUID, ...]
    raised_at: datetime


class AlarmAcknowledged(
    Event,
    type="escalation.alarm_acknowledged.v1",
    subject="alarm_id",
    en="Alarm acknowledged",
    zh="告警已确认",
):
    """A person took an alarm on."""

    alarm_id: UUID
    incident_id: UUID
    customer_id: UUID
    acknowledged_by: UUID
    acknowledged_at: datetime


class AlarmStopped(
    Event,
    type="escalation.alarm_stopped.v1",
    subject="alarm_id",
    en="Alarm over: {reason} ({detail}) holds no more",
    zh="告警解除：{reason}（{detail}）已不成立",
):
    """What an alarm was raised for holds no more. At the end of their incident alarms stop without a word."""

    alarm_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    reason: str
    detail: str
    stopped_at: datetime
