"""Difficult problems: how they climb, and how they are analysed together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class ProblemEscalated(
    Event,
    type="incidents.problem_escalated.v1",
    subject="incident_id",
    en="Difficult problem escalated to {team}: {reason_given}",
    zh="疑难问题升级至{team}：{reason_given}",
):
    """The team above holds the incident from now on."""

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    former_team: str
    team: str
    engineer_id: UUID | None
    reason_given: str
    escalated_by: UUID


class JointAnalysisConvened(
    Event,
    type="incidents.joint_analysis_convened.v1",
    subject="analysis_id",
    en="Joint analysis of all three teams convened",
    zh="已召集三级联合会诊",
):
    """Site, regional platform and headquarters analyse together."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    convened_by: UUID
    convened_at: datetime


class ParticipantJoined(
    Event,
    type="incidents.participant_joined.v1",
    subject="analysis_id",
    en="{person_name} ({team}) joined the joint analysis",
    zh="{person_name}（{team}）参加联合会诊",
):
    """Somebody takes part in a joint analysis, for a team."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    person_id: UUID
    person_name: str
    team: str


class HypothesisProposed(
    Event,
    type="incidents.hypothesis_proposed.v1",
    subject="analysis_id",
    en="Hypothesis: {statement}",
    zh="假设：{statement}",
):
    """What may be the cause."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    hypothesis_id: UUID
    statement: str


class HypothesisJudged(
    Event,
    type="incidents.hypothesis_judged.v1",
    subject="analysis_id",
    en="Hypothesis {verdict}: {statement} ({finding})",
    zh="假设{verdict}：{statement}（{finding}）",
):
    """A hypothesis was confirmed or rejected by what was found."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    hypothesis_id: UUID
    statement: str
    verdict: str
    finding: str


class JointAnalysisConcluded(
    Event,
    type="incidents.joint_analysis_concluded.v1",
    subject="analysis_id",
    en="Joint analysis concluded: {conclusion} (owner: {owner_name})",
    zh="联合会诊结论：{conclusion}（负责人：{owner_name}）",
):
    """What it was, and who sees to what follows."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    conclusion: str
    owner_id: UUID
    owner_name: str
    concluded_at: datetime


class JointAnalysisEnded(
    Event,
    type="incidents.joint_analysis_ended.v1",
    subject="analysis_id",
    en="Joint analysis ended without a conclusion: the incident was {outcome}",
    zh="联合会诊未作结论即结束：事件{outcome}",
):
    """The incident was closed, cancelled or merged (`outcome`) before the analysis concluded."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    outcome: str
    ended_at: datetime


class JointAnalysisTakenUp(
    Event,
    type="incidents.joint_analysis_taken_up.v1",
    subject="analysis_id",
    en="Joint analysis taken up again",
    zh="联合会诊恢复进行",
):
    """The incident is taken up again, and the analysis that ended with it goes on."""

    analysis_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    taken_up_at: datetime
