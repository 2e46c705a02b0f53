"""A plan that runs, and a request that nobody answers: steps in their order, windows that never lapse in silence."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.events.escalation import (
    ActivationUnanswered,
    AlarmRaised,
    PlanCompleted,
    PlanStepCompleted,
    PlanStepStarted,
)
from tests.builders.escalation import (
    BANKS_OWN_LEADER,
    DEPUTY,
    DESK,
    ENGINEER,
    HOSPITALS_OWN_LEADER,
    LEADER,
    PAPER,
    SUPERIOR,
    TEAM,
    authorised,
    classified,
    get,
    in_force,
    opened,
    post,
    refused,
    requested,
)
from tests.harness import ANYBODY, OneService

AUTHORISE = {"information": "Report of the team by phone"}
DONE = {"result": "Switched over, users work again"}


def paths(activation: Any) -> list[str]:
    return [f"/v1/activations/{activation['id']}/steps/{step['id']}" for step in activation["steps"]]


async def running(one_service: OneService.Factory) -> tuple[OneService, Any]:
    """A plan that runs: two steps side by side, a third after both."""
    escalation = await opened(one_service)
    return escalation, await authorised(escalation, await classified(escalation), await in_force(escalation))


async def test_a_plan_runs_step_by_step_to_its_end(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    for number, path in enumerate(paths(activation), start=1):
        started = await post(escalation, TEAM, f"{path}/start")
        assert (started["position"], started["state"], started["started_by"]) == (number, "started", str(TEAM.id))
        assert await escalation.said(PlanCompleted) == []
        completed = await post(escalation, TEAM, f"{path}/complete", DONE)
        assert (completed["state"], completed["result"]) == ("completed", DONE["result"])
    done = await get(escalation, f"/v1/activations/{activation['id']}")
    assert (done["state"], done["completed_at"] is not None) == ("completed", True)
    started_at = [(said.position, said.owner_id) for said in await escalation.said(PlanStepStarted)]
    assert started_at == [(1, TEAM.id), (2, None), (3, None)]
    assert [said.position for said in await escalation.said(PlanStepCompleted)] == [1, 2, 3]
    [said] = await escalation.said(PlanCompleted)
    assert said.plan_name_en == "Core switch outage"


async def test_steps_side_by_side_start_together_and_the_next_waits_for_both(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    first, second, third = paths(activation)
    async with escalation.as_(TEAM) as client:
        answer = await client.post(f"{third}/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_ready")
    assert answer.json()["waits_for"] == [1, 2]
    for path in (first, second):
        await post(escalation, TEAM, f"{path}/start")
    await post(escalation, TEAM, f"{first}/complete", DONE)
    assert await refused(escalation, TEAM, f"{third}/start") == (409, "step_not_ready")
    await post(escalation, TEAM, f"{second}/complete", DONE)
    assert (await post(escalation, TEAM, f"{third}/start"))["state"] == "started"


async def test_no_step_starts_without_authorisation(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    activation = await requested(escalation, await classified(escalation), plan)
    for step in plan["steps"]:
        path = f"/v1/activations/{activation['id']}/steps/{step['id']}"
        assert await refused(escalation, TEAM, f"{path}/start") == (409, "illegal_move")
        assert await refused(escalation, TEAM, f"{path}/complete", DONE) == (409, "illegal_move")
    assert await escalation.said(PlanStepStarted) == []


async def test_a_step_has_only_its_own_moves(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    first = paths(activation)[0]
    assert await refused(escalation, TEAM, f"{first}/complete", DONE) == (409, "illegal_move")
    await post(escalation, TEAM, f"{first}/start")
    assert await refused(escalation, TEAM, f"{first}/start") == (409, "illegal_move")
    await post(escalation, TEAM, f"{first}/complete", DONE)
    assert await refused(escalation, TEAM, f"{first}/complete", DONE) == (409, "illegal_move")
    foreign = f"/v1/activations/{activation['id']}/steps/{uuid7()}/start"
    assert await refused(escalation, TEAM, foreign) == (404, "step_not_found")


async def test_a_step_without_its_result_is_not_done(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    first = paths(activation)[0]
    await post(escalation, TEAM, f"{first}/start")
    for body in ({}, {"result": ""}, {"result": "x", "state": "completed"}):
        assert await refused(escalation, TEAM, f"{first}/complete", body) == (422, "invalid_input")
    assert await escalation.said(PlanStepCompleted) == []


async def test_only_the_emergency_team_runs_a_plan(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    first = paths(activation)[0]
    for who in (LEADER, DESK, ENGINEER, HOSPITALS_OWN_LEADER, BANKS_OWN_LEADER):
        assert await refused(escalation, who, f"{first}/start") == (403, "forbidden")
    assert await refused(escalation, ANYBODY, f"{first}/start") == (401, "unauthenticated")
    assert await escalation.said(PlanStepStarted) == []


async def test_the_last_two_steps_completed_at_once_complete_the_plan_once(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation, steps=[PAPER, PAPER])
    activation = await authorised(escalation, await classified(escalation), plan)
    for path in paths(activation):
        await post(escalation, TEAM, f"{path}/start")
    await asyncio.gather(*(post(escalation, TEAM, f"{path}/complete", DONE) for path in paths(activation)))
    assert len(await escalation.said(PlanCompleted)) == 1


async def test_a_run_keeps_the_steps_it_was_authorised_with(one_service: OneService.Factory) -> None:
    escalation, activation = await running(one_service)
    await in_force(escalation, steps=[PAPER])
    first = paths(activation)[0]
    assert (await post(escalation, TEAM, f"{first}/start"))["title_zh"] == "切换到备机"


async def test_an_unanswered_request_escalates_once_per_window(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    activation = await requested(escalation, incident, await in_force(escalation))
    await escalation.advance(minutes=29)
    assert await escalation.said(ActivationUnanswered) == []
    await escalation.advance(minutes=2)
    [unanswered] = await escalation.said(ActivationUnanswered)
    assert unanswered.leader_ids == (LEADER.id, DEPUTY.id, HOSPITALS_OWN_LEADER.id)
    assert unanswered.superior_ids == (SUPERIOR.id,)
    [alarm] = await escalation.said(AlarmRaised)
    assert alarm.reason == "activation_unanswered"
    assert alarm.recipient_ids == (TEAM.id, DEPUTY.id, LEADER.id, HOSPITALS_OWN_LEADER.id, SUPERIOR.id)
    await escalation.advance(minutes=28)
    assert len(await escalation.said(ActivationUnanswered)) == 1
    await escalation.advance(minutes=3)
    assert len(await escalation.said(ActivationUnanswered)) == 2
    open_still = await get(escalation, f"/v1/activations/{activation['id']}")
    assert (open_still["state"], open_still["level"]) == ("requested", 2)


async def test_in_a_disaster_the_window_is_a_quarter_of_an_hour(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await requested(escalation, await classified(escalation, severity="disaster"), await in_force(escalation))
    for minutes, levels in ((14, 0), (2, 1), (15, 2)):
        await escalation.advance(minutes=minutes)
        assert len(await escalation.said(ActivationUnanswered)) == levels


async def test_a_request_stays_open_with_its_alarms_after_the_last_level(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    for _ in range(10):
        await escalation.advance(minutes=31)
    assert len(await escalation.said(ActivationUnanswered)) == 8
    open_still = await get(escalation, f"/v1/activations/{activation['id']}")
    assert (open_still["state"], open_still["level"]) == ("requested", 8)
    assert {alarm["state"] for alarm in await get(escalation, "/v1/alarms")} == {"raised"}
    path = f"/v1/activations/{activation['id']}/authorise"
    assert (await post(escalation, LEADER, path, AUTHORISE))["state"] == "authorised"
    assert {alarm["state"] for alarm in await get(escalation, "/v1/alarms")} == {"stopped"}


async def test_windows_missed_while_we_were_down_are_one_escalation(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await requested(escalation, await classified(escalation), await in_force(escalation))
    await escalation.advance(hours=5)
    assert len(await escalation.said(ActivationUnanswered)) == 1
    [row] = await escalation.rows(text("SELECT late FROM escalation.timers WHERE state = 'fired'"))
    assert row.late is True


async def test_an_answer_ends_the_escalation(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident, plan = await classified(escalation), await in_force(escalation)
    activation = await requested(escalation, incident, plan)
    await escalation.advance(minutes=31)
    await post(escalation, LEADER, f"/v1/activations/{activation['id']}/authorise", AUTHORISE)
    await escalation.advance(hours=3)
    assert len(await escalation.said(ActivationUnanswered)) == 1
    [alarm] = await get(escalation, "/v1/alarms")
    assert alarm["state"] == "stopped"


async def test_a_decision_at_the_end_of_the_window_is_never_lost(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    requests = [await requested(escalation, await classified(escalation), plan) for _ in range(3)]
    decide = [f"/v1/activations/{activation['id']}/authorise" for activation in requests]
    decisions = (post(escalation, LEADER, path, AUTHORISE) for path in decide)
    await asyncio.gather(escalation.advance(minutes=31), *decisions)
    assert {row["state"] for row in await get(escalation, "/v1/activations")} == {"authorised"}
    told = len(await escalation.said(ActivationUnanswered))
    await escalation.advance(hours=2)
    assert len(await escalation.said(ActivationUnanswered)) == told
    assert {alarm["state"] for alarm in await get(escalation, "/v1/alarms")} <= {"stopped"}


async def test_half_a_quorum_is_no_answer(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service, quorum=2)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    await post(escalation, LEADER, f"/v1/activations/{activation['id']}/authorise", AUTHORISE)
    await escalation.advance(minutes=31)
    assert len(await escalation.said(ActivationUnanswered)) == 1
