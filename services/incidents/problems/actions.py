"""Escalating a difficult problem, and analysing it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies import queries as copies
from services.incidents.incidents.actions import move_incident, note_incident, say
from services.incidents.incidents.domain import Team
from services.incidents.problems import domain, queries
from services.incidents.problems.models import Hypothesis, JointAnalysis, Participant
from services.incidents.teams.actions import hand_over
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.events import Event
from shared.events.incidents import (
    HypothesisJudged,
    HypothesisProposed,
    JointAnalysisConcluded,
    JointAnalysisConvened,
    JointAnalysisEnded,
    JointAnalysisTakenUp,
    ParticipantJoined,
    ProblemEscalated,
)
from shared.moves import Moves, moved
from shared.outbox import emit

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def escalate_problem(
    session: AsyncSession, *, incident_id: UUID, reason: str, engineer_id: UUID | None, by: Principal
) -> Incident:
    """Hand a difficult problem to the team above; above headquarters all three analyse it together.

    Raises IllegalMove, ProblemAtTop, EngineerNotFound.
    """
    incident = await move_incident(session, incident_id, "escalate")
    former, above = incident.team, domain.above(incident.team)
    if engineer_id is not None:
        incident.engineer_id = (await copies.engineer(session, engineer_id)).id
    incident.team = above
    await hand_over(session, incident.bearer, team=above, engineer_id=incident.engineer_id)
    say(session, incident, ProblemEscalated, former_team=former, reason_given=reason, escalated_by=by.id)
    note_incident(session, incident, "escalate", "team", "engineer_id", information={"reason": reason})
    if above is Team.JOINT_ANALYSIS and not await queries.has_open_analysis(session, incident.id):
        await _convene(session, incident, by)
    return incident


async def _convene(session: AsyncSession, incident: Incident, by: Principal) -> None:
    analysis = JointAnalysis(
        incident_id=incident.id,
        customer_id=incident.customer_id,
        number=incident.number,
        convened_by=by.id,
        convened_at=context(session).now,
    )
    session.add(analysis)
    await session.flush()
    _say(session, analysis, JointAnalysisConvened)
    _note(session, analysis, "convene", "incident_id", "convened_by")


async def join_analysis(session: AsyncSession, *, analysis_id: UUID, person_id: UUID, team: Team) -> JointAnalysis:
    """Raises IllegalMove, PersonNotFound, AlreadyJoined."""
    analysis = await _moved(session, analysis_id, "join")
    person = await copies.staff_member(session, person_id)
    whole = await queries.joint_analysis(session, analysis_id)
    if person.id in {participant.person_id for participant in whole.participants}:
        raise domain.AlreadyJoined()
    joined = Participant(
        analysis_id=analysis.id,
        customer_id=analysis.customer_id,
        person_id=person.id,
        person_name=person.name_zh,
        team=team,
        joined_at=context(session).now,
    )
    session.add(joined)
    await session.flush()
    about = {"person_id": person.id, "person_name": person.name_zh, "team": team}
    _say(session, analysis, ParticipantJoined, **about)
    note(session, analysis.id, "join", after=as_record(joined, "person_id", "team"), customer_id=analysis.customer_id)
    return analysis


async def propose_hypothesis(
    session: AsyncSession, *, analysis_id: UUID, statement: str, by: Principal
) -> JointAnalysis:
    analysis = await _moved(session, analysis_id, "propose")
    proposed = Hypothesis(
        analysis_id=analysis.id,
        customer_id=analysis.customer_id,
        statement=statement,
        proposed_by=by.id,
        proposed_at=context(session).now,
    )
    session.add(proposed)
    await session.flush()
    _say(session, analysis, HypothesisProposed, hypothesis_id=proposed.id, statement=statement)
    note(session, analysis.id, "propose", after=as_record(proposed, "statement"), customer_id=analysis.customer_id)
    return analysis


async def judge_hypothesis(
    session: AsyncSession,
    *,
    analysis_id: UUID,
    hypothesis_id: UUID,
    verdict: domain.Verdict,
    finding: str,
    by: Principal,
) -> JointAnalysis:
    """Confirm or reject a hypothesis by what was found. Raises IllegalMove, HypothesisNotFound, AlreadyJudged."""
    analysis = await _moved(session, analysis_id, "judge")
    judged = await queries.hypothesis(session, analysis_id, hypothesis_id)
    if judged.verdict != domain.Verdict.PROPOSED:
        raise domain.AlreadyJudged()
    judged.verdict, judged.finding = verdict, finding
    judged.judged_by, judged.judged_at = by.id, context(session).now
    about = {"hypothesis_id": judged.id, "statement": judged.statement, "verdict": verdict, "finding": finding}
    _say(session, analysis, HypothesisJudged, **about)
    after = as_record(judged, "id", "verdict", "finding")
    note(session, analysis.id, "judge", after=after, customer_id=analysis.customer_id)
    return analysis


async def conclude_analysis(
    session: AsyncSession, *, analysis_id: UUID, conclusion: str, owner_id: UUID, by: Principal
) -> JointAnalysis:
    """What it was, and who sees to it. Raises IllegalMove, TeamsMissing, NothingJudged, PersonNotFound."""
    analysis = await _moved(session, analysis_id, "conclude")
    whole = await queries.joint_analysis(session, analysis_id)
    domain.require_conclusive(
        [participant.team for participant in whole.participants], [each.verdict for each in whole.hypotheses]
    )
    owner = await copies.staff_member(session, owner_id)
    analysis.conclusion, analysis.owner_id = conclusion, owner.id
    analysis.concluded_by, analysis.concluded_at = by.id, context(session).now
    _say(session, analysis, JointAnalysisConcluded, owner_name=owner.name_zh)
    _note(session, analysis, "conclude", "state", "conclusion", "owner_id")
    return analysis


async def end_analysis(session: AsyncSession, incident: Incident) -> None:
    """The incident is over (its state says how), and with it the analysis that is open, without a conclusion."""
    for analysis in await queries.locked_analyses(session, incident.id, domain.State.OPEN):
        _move(analysis, domain.WITH_INCIDENT, "end")
        analysis.ended_at = context(session).now
        _say(session, analysis, JointAnalysisEnded, outcome=incident.state)
        _note(session, analysis, "end", "state", "ended_at")


async def take_up_analysis(session: AsyncSession, incident: Incident) -> None:
    """The incident is taken up again, and with it the analysis that ended with it: nothing of it was lost."""
    for analysis in await queries.locked_analyses(session, incident.id, domain.State.ENDED):
        _move(analysis, domain.WITH_INCIDENT, "take_up")
        analysis.ended_at = None
        _say(session, analysis, JointAnalysisTakenUp, taken_up_at=context(session).now)
        _note(session, analysis, "take_up", "state")


async def _moved(session: AsyncSession, analysis_id: UUID, move: str) -> JointAnalysis:
    analysis = await queries.locked_joint_analysis(session, analysis_id)
    _move(analysis, domain.MOVES, move)
    return analysis


def _move(analysis: JointAnalysis, moves: Moves, move: str) -> None:
    analysis.state = moved(moves, analysis.state, move)
    analysis.version += 1


def _say(session: AsyncSession, analysis: JointAnalysis, fact: type[Event], **more: Any) -> None:
    own = {name: getattr(analysis, name) for name in fact.model_fields if hasattr(analysis, name)}
    emit(session, fact(**own, analysis_id=analysis.id, **more))


def _note(session: AsyncSession, analysis: JointAnalysis, action: str, *fields: str) -> None:
    note(session, analysis.id, action, after=as_record(analysis, *fields), customer_id=analysis.customer_id)
