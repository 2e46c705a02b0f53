"""A difficult problem climbs from team to team to a joint analysis of all three; each team's time is shown."""

from __future__ import annotations

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import (
    HypothesisJudged,
    JointAnalysisConcluded,
    JointAnalysisEnded,
    JointAnalysisTakenUp,
    ProblemEscalated,
)
from shared.permissions import Role
from tests.builders.incidents import (
    DESK,
    DESK_ID,
    ENGINEER,
    ENGINEER_ID,
    SOLVED,
    a_customer,
    clock,
    do,
    in_progress,
    person,
    seen,
)
from tests.harness import OneService

NOBODY = "019a0000-0000-7000-8000-00000000dead"
HARD = {"reason": "Restarts without a trace."}


async def analysed(
    incidents: OneService,
    analysis: str,
    what: str,
    body: dict[str, Any],
    who: Principal = ENGINEER,
    *,
    expect: int = 200,
) -> dict[str, Any]:
    async with incidents.as_(who) as client:
        answer = await client.post(f"/v1/joint-analyses/{analysis}/{what}", json=body)
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def at_the_top(incidents: OneService) -> tuple[dict[str, Any], str, Any]:
    """An incident in joint analysis, the analysis' id, and the customer."""
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, DESK, incident, "assign", {"engineer_id": str(ENGINEER_ID)})
    for _ in range(3):
        await do(incidents, ENGINEER, incident, "escalate", HARD)
    async with incidents.as_(customer.user) as user:
        [analysis] = (await user.get(f"/v1/incidents/{incident['id']}/joint-analyses")).json()
    return incident, analysis["id"], customer


async def test_a_problem_climbs_step_by_step(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident, _, _ = await at_the_top(incidents)
    climbed = [(said.former_team, said.team) for said in await incidents.said(ProblemEscalated)]
    assert climbed == [("site", "regional"), ("regional", "headquarters"), ("headquarters", "joint_analysis")]
    assert (await seen(incidents, incident))["team"] == "joint_analysis"
    refused = await do(incidents, ENGINEER, incident, "escalate", HARD, expect=409)
    assert refused["code"] == "problem_at_top"


async def test_a_joint_analysis_concludes_with_all_three_teams(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    _, analysis, _ = await at_the_top(incidents)
    others = [uuid7(), uuid7()]
    for other in others:
        await incidents.hear(person(other, "甲", "A", Role.ENGINEER))
    end = {"conclusion": "Firmware 4.2 leaks.", "owner_id": str(ENGINEER_ID)}
    await analysed(incidents, analysis, "participants", {"person_id": str(ENGINEER_ID), "team": "site"})
    again = {"person_id": str(ENGINEER_ID), "team": "regional"}
    assert (await analysed(incidents, analysis, "participants", again, expect=409))["code"] == "already_joined"
    refused = await analysed(incidents, analysis, "conclude", end, expect=409)
    assert (refused["code"], refused["teams"]) == ("teams_missing", ["regional", "headquarters"])
    for other, team in zip(others, ("regional", "headquarters"), strict=True):
        await analysed(incidents, analysis, "participants", {"person_id": str(other), "team": team})
    proposed = await analysed(incidents, analysis, "hypotheses", {"statement": "The firmware leaks."})
    assert (await analysed(incidents, analysis, "conclude", end, expect=409))["code"] == "nothing_judged"
    [hypothesis] = proposed["hypotheses"]
    verdict = {"verdict": "confirmed", "finding": "Heap dump of 03:12."}
    await analysed(incidents, analysis, f"hypotheses/{hypothesis['id']}/judge", verdict)
    twice = await analysed(incidents, analysis, f"hypotheses/{hypothesis['id']}/judge", verdict, expect=409)
    assert twice["code"] == "already_judged"
    concluded = await analysed(incidents, analysis, "conclude", end)
    assert (concluded["state"], concluded["conclusion"]) == ("concluded", end["conclusion"])
    assert len(concluded["participants"]) == 3
    late = await analysed(incidents, analysis, "hypotheses", {"statement": "Late."}, expect=409)
    assert (late["code"], late["allowed"]) == ("illegal_move", [])
    [judged], [said] = await incidents.said(HypothesisJudged), await incidents.said(JointAnalysisConcluded)
    assert (judged.verdict, said.owner_name) == ("confirmed", "示例工程师")


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("participants", {"person_id": NOBODY, "team": "site"}, 404, "person_not_found"),
        ("participants", {"person_id": str(DESK_ID), "team": "desk"}, 422, "invalid_input"),
        ("hypotheses", {"statement": " "}, 422, "invalid_input"),
        (f"hypotheses/{NOBODY}/judge", {"verdict": "confirmed", "finding": "x"}, 404, "hypothesis_not_found"),
        (f"hypotheses/{NOBODY}/judge", {"verdict": "proposed", "finding": "x"}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_analysed(
    one_service: OneService.Factory, what: str, body: dict[str, Any], status: int, code: str
) -> None:
    incidents = await one_service("incidents")
    _, analysis, customer = await at_the_top(incidents)
    assert (await analysed(incidents, analysis, what, body, expect=status))["code"] == code
    await analysed(incidents, analysis, what, body, customer.user, expect=403)


async def test_another_customer_sees_no_analysis(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident, analysis, _ = await at_the_top(incidents)
    other = await a_customer(incidents)
    async with incidents.as_(other.user) as user:
        for path in (f"joint-analyses/{analysis}", f"incidents/{incident['id']}/joint-analyses"):
            assert (await user.get(f"/v1/{path}")).status_code == 404


async def test_each_teams_share_adds_up(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    await incidents.advance(minutes=20)
    await do(incidents, DESK, incident, "assign", {"engineer_id": str(ENGINEER_ID)})
    await incidents.advance(minutes=40)
    await do(incidents, ENGINEER, incident, "pause", {"reason": "waiting_for_customer", "evidence": "Asked."})
    await incidents.advance(hours=5)
    await do(incidents, ENGINEER, incident, "resume")
    await do(incidents, ENGINEER, incident, "escalate", HARD)
    await incidents.advance(minutes=60)
    resolved = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    async with incidents.as_(DESK) as desk:
        shares = (await desk.get(f"/v1/incidents/{incident['id']}/segments")).json()
    assert [(share["team"], share["counted_seconds"] // 60) for share in shares] == [
        ("desk", 20),
        ("site", 40),
        ("regional", 60),
    ]
    assert [share["seconds"] // 60 for share in shares] == [20, 340, 60]
    assert sum(share["counted_seconds"] for share in shares) == clock(resolved, "resolve")["counted_seconds"]


async def with_one_hypothesis(incidents: OneService) -> tuple[dict[str, Any], str, Any]:
    """At the top, with a person in the analysis and something supposed."""
    incident, analysis, customer = await at_the_top(incidents)
    joined = {"person_id": str(ENGINEER_ID), "team": "site"}
    await analysed(incidents, analysis, "participants", joined)
    await analysed(incidents, analysis, "hypotheses", {"statement": "A leak."})
    return incident, analysis, customer


async def analysis_of(incidents: OneService, analysis: str) -> dict[str, Any]:
    async with incidents.as_(DESK) as desk:
        found: dict[str, Any] = (await desk.get(f"/v1/joint-analyses/{analysis}")).json()
    return found


@pytest.mark.parametrize("end", ["close", "cancel", "merge"])
async def test_an_analysis_ends_with_its_incident_and_is_taken_up_with_it(
    one_service: OneService.Factory, end: str
) -> None:
    incidents = await one_service("incidents")
    incident, analysis, customer = await with_one_hypothesis(incidents)
    if end == "close":
        await do(incidents, ENGINEER, incident, "resolve", SOLVED)
        assert (await analysis_of(incidents, analysis))["state"] == "open"
        await do(incidents, customer.user, incident, "confirm")
    elif end == "cancel":
        await do(incidents, DESK, incident, "cancel", {"reason": "Sold."})
    else:
        target = await in_progress(incidents, customer)
        await do(incidents, DESK, incident, "merge", {"target_id": target["id"], "reason": "Twice."})
    ended = await analysis_of(incidents, analysis)
    assert (ended["state"], ended["ended_at"] is not None, ended["conclusion"]) == ("ended", True, None)
    [said] = await incidents.said(JointAnalysisEnded)
    assert said.outcome == {"close": "closed", "cancel": "cancelled", "merge": "merged"}[end]
    refused = await analysed(incidents, analysis, "hypotheses", {"statement": "Too late."}, expect=409)
    assert (refused["code"], refused["allowed"]) == ("illegal_move", [])
    await do(incidents, DESK, incident, "unmerge" if end == "merge" else "reopen", {"reason": "Not over."})
    again = await analysis_of(incidents, analysis)
    assert (again["state"], again["ended_at"], len(again["participants"]), len(again["hypotheses"])) == (
        "open",
        None,
        1,
        1,
    )
    assert len(await incidents.said(JointAnalysisTakenUp)) == 1
    await analysed(incidents, analysis, "hypotheses", {"statement": "A second leak."})


async def test_a_concluded_analysis_stays_concluded_whatever_becomes_of_its_incident(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident, analysis, _ = await at_the_top(incidents)
    await incidents.hear(person(DESK_ID, "示例坐席", "Example Desk", Role.ENGINEER), sequence=2)
    third = person(uuid7(), "示例专家", "Example Expert", Role.ENGINEER)
    await incidents.hear(third)
    for person_id, team in ((ENGINEER_ID, "site"), (DESK_ID, "regional"), (third.person_id, "headquarters")):
        await analysed(incidents, analysis, "participants", {"person_id": str(person_id), "team": team})
    await analysed(incidents, analysis, "hypotheses", {"statement": "A leak."})
    [supposed] = (await analysis_of(incidents, analysis))["hypotheses"]
    judged = {"verdict": "confirmed", "finding": "A heap dump."}
    await analysed(incidents, analysis, f"hypotheses/{supposed['id']}/judge", judged)
    await analysed(incidents, analysis, "conclude", {"conclusion": "A leak.", "owner_id": str(ENGINEER_ID)})
    await do(incidents, DESK, incident, "cancel", {"reason": "Sold."})
    await do(incidents, DESK, incident, "reopen", {"reason": "Not over."})
    assert (await analysis_of(incidents, analysis))["state"] == "concluded"
    assert await incidents.said(JointAnalysisEnded) == []
