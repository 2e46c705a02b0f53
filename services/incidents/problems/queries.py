"""What can be asked about joint analyses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.problems.domain import State
from services.incidents.problems.models import Hypothesis, JointAnalysis, Participant
from shared.db import check_version
from shared.errors import NotFound


class JointAnalysisNotFound(NotFound):
    code = "joint_analysis_not_found"
    en = "There is no joint analysis {analysis_id}."
    zh = "没有联合会诊 {analysis_id}。"


class HypothesisNotFound(NotFound):
    code = "hypothesis_not_found"
    en = "The joint analysis has no hypothesis {hypothesis_id}."
    zh = "该联合会诊没有假设 {hypothesis_id}。"


@dataclass(frozen=True)
class Session:
    """A joint analysis with who takes part and what is supposed, each in its order."""

    analysis: JointAnalysis
    participants: Sequence[Participant]
    hypotheses: Sequence[Hypothesis]


async def joint_analysis(session: AsyncSession, analysis_id: UUID) -> Session:
    """Raises JointAnalysisNotFound."""
    found = await session.get(JointAnalysis, analysis_id)
    if found is None:
        raise JointAnalysisNotFound(analysis_id=analysis_id)
    return await _whole(session, found)


async def joint_analyses_of(session: AsyncSession, incident_id: UUID) -> list[Session]:
    rows = select(JointAnalysis).where(JointAnalysis.incident_id == incident_id).order_by(JointAnalysis.id)
    return [await _whole(session, found) for found in (await session.scalars(rows)).all()]


async def has_open_analysis(session: AsyncSession, incident_id: UUID) -> bool:
    of_incident = select(JointAnalysis.id).where(JointAnalysis.incident_id == incident_id)
    return (await session.scalar(of_incident.where(JointAnalysis.state == State.OPEN).limit(1))) is not None


async def locked_joint_analysis(session: AsyncSession, analysis_id: UUID) -> JointAnalysis:
    """Under its row lock, at the version the client expects. Raises JointAnalysisNotFound, VersionMismatch."""
    found = await session.get(JointAnalysis, analysis_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise JointAnalysisNotFound(analysis_id=analysis_id)
    check_version(session, found.version)
    return found


async def locked_analyses(session: AsyncSession, incident_id: UUID, state: State) -> Sequence[JointAnalysis]:
    """Those of an incident in a state, under their locks. Call with the incident locked."""
    rows = select(JointAnalysis).where(JointAnalysis.incident_id == incident_id, JointAnalysis.state == state)
    locked = rows.order_by(JointAnalysis.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


async def hypothesis(session: AsyncSession, analysis_id: UUID, hypothesis_id: UUID) -> Hypothesis:
    """Raises HypothesisNotFound."""
    found = await session.get(Hypothesis, hypothesis_id)
    if found is None or found.analysis_id != analysis_id:
        raise HypothesisNotFound(hypothesis_id=hypothesis_id)
    return found


async def _whole(session: AsyncSession, analysis: JointAnalysis) -> Session:
    people = select(Participant).where(Participant.analysis_id == analysis.id).order_by(Participant.id)
    supposed = select(Hypothesis).where(Hypothesis.analysis_id == analysis.id).order_by(Hypothesis.id)
    return Session(analysis, (await session.scalars(people)).all(), (await session.scalars(supposed)).all())
