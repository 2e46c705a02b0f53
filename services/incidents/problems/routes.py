"""Difficult problems and joint analyses over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Response

from services.incidents.incidents.domain import NEEDS, Team
from services.incidents.incidents.presenting import incident_out
from services.incidents.incidents.queries import customer_of
from services.incidents.incidents.schemas import IncidentOut
from services.incidents.problems import actions, queries
from services.incidents.problems.domain import Verdict
from services.incidents.problems.schemas import Conclude, Escalate, Join, JointAnalysisOut, Judge, Propose
from shared.auth import needs
from shared.edge import By, Session, router, tagged
from shared.permissions import Permission

if TYPE_CHECKING:
    from services.incidents.problems.models import JointAnalysis

routes = router("/v1", tags=["incidents"])


@routes.post("/incidents/{incident_id}/escalate", response_model=IncidentOut)
@needs(NEEDS["escalate"])
async def escalate_problem(incident_id: UUID, body: Escalate, by: By, response: Response, session: Session) -> Any:
    escalated = await actions.escalate_problem(session, incident_id=incident_id, by=by, **body.model_dump())
    return await incident_out(session, response, by, escalated)


@routes.get("/incidents/{incident_id}/joint-analyses", response_model=list[JointAnalysisOut])
@needs(Permission.INCIDENTS_READ)
async def joint_analyses(incident_id: UUID, session: Session) -> Any:
    await customer_of(session, incident_id)
    return [JointAnalysisOut.of(whole) for whole in await queries.joint_analyses_of(session, incident_id)]


@routes.get("/joint-analyses/{analysis_id}", response_model=JointAnalysisOut)
@needs(Permission.INCIDENTS_READ)
async def joint_analysis(analysis_id: UUID, response: Response, session: Session) -> Any:
    whole = await queries.joint_analysis(session, analysis_id)
    tagged(response, whole.analysis)
    return JointAnalysisOut.of(whole)


@routes.post("/joint-analyses/{analysis_id}/participants", response_model=JointAnalysisOut)
@needs(Permission.INCIDENTS_WORK)
async def join_analysis(analysis_id: UUID, body: Join, response: Response, session: Session) -> Any:
    joined = await actions.join_analysis(
        session, analysis_id=analysis_id, person_id=body.person_id, team=Team(body.team)
    )
    return await _out(session, response, joined)


@routes.post("/joint-analyses/{analysis_id}/hypotheses", response_model=JointAnalysisOut)
@needs(Permission.INCIDENTS_WORK)
async def propose_hypothesis(analysis_id: UUID, body: Propose, by: By, response: Response, session: Session) -> Any:
    proposed = await actions.propose_hypothesis(session, analysis_id=analysis_id, statement=body.statement, by=by)
    return await _out(session, response, proposed)


@routes.post("/joint-analyses/{analysis_id}/hypotheses/{hypothesis_id}/judge", response_model=JointAnalysisOut)
@needs(Permission.INCIDENTS_WORK)
async def judge_hypothesis(
    analysis_id: UUID, hypothesis_id: UUID, body: Judge, by: By, response: Response, session: Session
) -> Any:
    judged = await actions.judge_hypothesis(
        session,
        analysis_id=analysis_id,
        hypothesis_id=hypothesis_id,
        verdict=Verdict(body.verdict),
        finding=body.finding,
        by=by,
    )
    return await _out(session, response, judged)


@routes.post("/joint-analyses/{analysis_id}/conclude", response_model=JointAnalysisOut)
@needs(Permission.INCIDENTS_WORK)
async def conclude_analysis(analysis_id: UUID, body: Conclude, by: By, response: Response, session: Session) -> Any:
    concluded = await actions.conclude_analysis(session, analysis_id=analysis_id, by=by, **body.model_dump())
    return await _out(session, response, concluded)


async def _out(session: Session, response: Response, analysis: JointAnalysis) -> JointAnalysisOut:
    await session.flush()
    tagged(response, analysis)
    return JointAnalysisOut.of(await queries.joint_analysis(session, analysis.id))
