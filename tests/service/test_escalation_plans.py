"""Contingency plans: no version is approved without a passed drill of that very version, none in force is changed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.db import Caller
from shared.permissions import Role
from tests.builders.chains import chain_of
from tests.builders.escalation import (
    ADMIN,
    BANK,
    BANK_LEADER,
    BANKS_OWN_LEADER,
    DEPUTY,
    DESK,
    ENGINEER,
    HOSPITAL,
    HOSPITALS_OWN_LEADER,
    LEADER,
    NURSE,
    PAPER,
    PASSED,
    PLAN,
    TEAM,
    draft,
    drilled,
    get,
    in_force,
    opened,
    post,
    refused,
)
from tests.harness import ANYBODY, OneService, principal

DRAFT = {"customer_id": str(HOSPITAL), **PLAN}
DRILL = {"scenario": "Power module pulled", "participant_ids": [str(TEAM.id)]}


async def test_a_plan_comes_into_force_by_drill_approval_and_order(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await draft(escalation)
    assert (plan["state"], plan["revision"], plan["drafted_by"]) == ("draft", 1, str(TEAM.id))
    assert [(step["position"], step["after"]) for step in plan["steps"]] == [(1, []), (2, []), (3, [1, 2])]
    plan = await drilled(escalation, plan)
    assert plan["state"] == "drilled"
    plan = await post(escalation, LEADER, f"/v1/plans/{plan['id']}/approve")
    assert (plan["state"], plan["approved_by"]) == ("approved", str(LEADER.id))
    plan = await post(escalation, TEAM, f"/v1/plans/{plan['id']}/put-in-force")
    assert (plan["state"], plan["version"]) == ("in_force", 5)
    assert await get(escalation, f"/v1/plans/{plan['id']}") == plan


async def test_steps_run_in_order_unless_they_say_what_they_wait_for(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    steps = [{k: v for k, v in PAPER.items() if k != "after"}, {**PAPER}, {**PAPER, "after": [1]}]
    plan = await draft(escalation, steps=[steps[0], steps[0], steps[1], steps[2]])
    assert [step["after"] for step in plan["steps"]] == [[], [1], [], [1]]


async def test_a_drill_is_kept_with_who_took_part_and_how_it_went(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    other = {**PAPER, "owner_id": str(DEPUTY.id)}
    plan = await drilled(escalation, await draft(escalation, steps=[*PLAN["steps"], other]))
    [drill] = plan["drills"]
    assert drill["scenario"] == "Power module pulled"
    assert drill["participant_ids"] == [str(TEAM.id), str(ENGINEER.id)]
    assert drill["composition"] == 0.5, "of the two who act in the plan one took part"
    assert (drill["passed"], drill["score"], drill["evaluated_by"]) == (True, 92, str(TEAM.id))
    [row] = await escalation.rows(text("SELECT composition, passed FROM escalation.drills"))
    assert tuple(row) == (0.5, True)


async def test_a_plan_that_names_nobody_has_no_share_of_participants(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await drilled(escalation, await draft(escalation, steps=[PAPER]))
    assert plan["drills"][0]["composition"] is None


async def test_a_version_never_drilled_or_not_passed_is_not_approved(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await draft(escalation)
    approve = f"/v1/plans/{plan['id']}/approve"
    assert await refused(escalation, LEADER, approve) == (409, "drill_not_passed")
    await post(escalation, TEAM, f"/v1/plans/{plan['id']}/start-drill", DRILL)
    assert await refused(escalation, LEADER, approve) == (409, "drill_not_passed")
    await post(escalation, TEAM, f"/v1/plans/{plan['id']}/evaluate-drill", PASSED | {"passed": False})
    assert await refused(escalation, LEADER, approve) == (409, "drill_not_passed")
    await drilled(escalation, plan)
    assert (await post(escalation, LEADER, approve))["state"] == "approved"


async def test_the_last_drill_counts(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await drilled(escalation, await draft(escalation))
    await drilled(escalation, plan, passed=False)
    assert await refused(escalation, LEADER, f"/v1/plans/{plan['id']}/approve") == (409, "drill_not_passed")


async def test_a_passed_drill_of_one_version_proves_nothing_of_the_next(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await in_force(escalation)
    successor = await draft(escalation)
    assert successor["revision"] == 2
    answer = await refused(escalation, LEADER, f"/v1/plans/{successor['id']}/approve")
    assert answer == (409, "drill_not_passed")


async def test_only_a_leader_of_the_plans_own_customer_approves_it(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await drilled(escalation, await draft(escalation))
    approve = f"/v1/plans/{plan['id']}/approve"
    assert await refused(escalation, TEAM, approve) == (403, "forbidden")
    assert await refused(escalation, BANK_LEADER, approve) == (403, "not_of_leading_group")
    assert await refused(escalation, BANKS_OWN_LEADER, approve) == (404, "plan_not_found")
    assert await refused(escalation, ANYBODY, approve) == (401, "unauthenticated")
    assert (await post(escalation, HOSPITALS_OWN_LEADER, approve))["state"] == "approved"


async def test_the_approval_is_audited_with_the_drill_it_rests_on(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    async with escalation.runtime.database.transaction(Caller("system:test", "system")) as session:
        chain = await chain_of(session, plan["id"])
    assert [entry["action"] for entry in chain] == [
        "draft_plan",
        "start_drill",
        "evaluate_drill",
        "approve_plan",
        "put_plan_in_force",
    ]
    assert chain[3]["actor"] == f"person:{LEADER.id}"
    assert chain[3]["information"]["drill_id"] == plan["drills"][0]["id"]
    assert (chain[3]["information"]["passed"], chain[3]["information"]["score"]) == (True, 92)


async def test_a_new_version_in_force_supersedes_the_former(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    other = await in_force(escalation, name_zh="另一预案", name_en="Another")
    first, second = await in_force(escalation), await in_force(escalation)
    states = {plan["id"]: plan["state"] for plan in await get(escalation, "/v1/plans")}
    assert states == {first["id"]: "superseded", second["id"]: "in_force", other["id"]: "in_force"}
    listed = await get(escalation, "/v1/plans", customer_id=str(HOSPITAL), fault_class="device", state="in_force")
    assert {plan["id"] for plan in listed} == {second["id"], other["id"]}


async def test_an_older_version_can_follow_a_newer_one(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    older, newer = await draft(escalation), await in_force(escalation)
    older = await drilled(escalation, older)
    await post(escalation, LEADER, f"/v1/plans/{older['id']}/approve")
    await post(escalation, TEAM, f"/v1/plans/{older['id']}/put-in-force")
    assert (await get(escalation, f"/v1/plans/{newer['id']}"))["state"] == "superseded"


async def test_of_two_versions_put_in_force_at_once_one_is_in_force(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plans = [await drilled(escalation, await draft(escalation)) for _ in range(2)]
    for plan in plans:
        await post(escalation, LEADER, f"/v1/plans/{plan['id']}/approve")
    async with escalation.as_(TEAM) as client:
        answers = await asyncio.gather(*(client.post(f"/v1/plans/{plan['id']}/put-in-force") for plan in plans))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(await get(escalation, "/v1/plans", state="in_force")) == 1


async def test_what_a_version_says_cannot_be_changed_by_the_service(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await in_force(escalation)
    for change in (
        "UPDATE escalation.plans SET scenario = 'Another'",
        "UPDATE escalation.plan_steps SET minutes = 1",
        "DELETE FROM escalation.plan_steps",
        "UPDATE escalation.drills SET participant_ids = '{}'",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with escalation.runtime.database.transaction(Caller("system:test", "system")) as session:
                await session.execute(text(change))


async def test_moves_a_plan_does_not_have_are_refused_with_those_it_has(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    for who, move, body in (
        (TEAM, "start-drill", DRILL),
        (TEAM, "evaluate-drill", PASSED),
        (LEADER, "approve", None),
        (TEAM, "put-in-force", None),
    ):
        async with escalation.as_(who) as client:
            answer = await client.post(f"/v1/plans/{plan['id']}/{move}", json=body or {})
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["state"]) == (409, "illegal_move", "in_force")
        assert problem["allowed"] == ["retire", "supersede"]


async def test_a_leader_retires_a_plan_without_a_successor(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    retire, reason = f"/v1/plans/{plan['id']}/retire", {"reason": "The switch is gone"}
    assert await refused(escalation, TEAM, retire, reason) == (403, "forbidden")
    assert await refused(escalation, BANK_LEADER, retire, reason) == (403, "not_of_leading_group")
    assert (await post(escalation, LEADER, retire, reason))["state"] == "retired"
    assert await refused(escalation, LEADER, retire, reason) == (409, "illegal_move")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"steps": []}, "invalid_input"),
        ({"steps": [{**PAPER, "minutes": 0}]}, "invalid_input"),
        ({"steps": [{**PAPER, "measure": "magic"}]}, "invalid_input"),
        ({"steps": [{**PAPER, "after": [1]}]}, "step_order_invalid"),
        ({"steps": [{**PAPER, "after": [0]}]}, "step_order_invalid"),
        ({"fault_class": "ghost"}, "invalid_input"),
        ({"name_zh": "  "}, "invalid_input"),
        ({"state": "in_force"}, "invalid_input"),
        ({"steps": [{**PAPER, "owner_id": str(uuid7())}]}, "person_not_found"),
    ],
)
async def test_a_plan_that_is_not_sound_is_not_written(
    one_service: OneService.Factory, change: dict[str, Any], code: str
) -> None:
    escalation = await opened(one_service)
    status = 404 if code.endswith("not_found") else 422
    assert await refused(escalation, TEAM, "/v1/plans", DRAFT | change) == (status, code)
    assert await escalation.rows(text("SELECT 1 FROM escalation.plans")) == []
    assert await escalation.rows(text("SELECT 1 FROM escalation.audit")) == []


async def test_people_nobody_knows_cannot_take_part_in_a_drill(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await draft(escalation)
    drill = DRILL | {"participant_ids": [str(uuid7())]}
    answer = await refused(escalation, TEAM, f"/v1/plans/{plan['id']}/start-drill", drill)
    assert answer == (404, "person_not_found")
    assert (await get(escalation, f"/v1/plans/{plan['id']}"))["state"] == "draft"


async def test_only_those_who_write_plans_draft_and_drill_them(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await draft(escalation)
    for who in (DESK, ENGINEER, LEADER, NURSE):
        assert await refused(escalation, who, "/v1/plans", DRAFT) == (403, "forbidden")
        assert await refused(escalation, who, f"/v1/plans/{plan['id']}/start-drill", DRILL) == (403, "forbidden")
    assert (await post(escalation, ADMIN, "/v1/plans", DRAFT, 201))["revision"] == 2


async def test_a_customers_people_see_their_own_plans_only(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    own = await draft(escalation)
    foreign = await draft(escalation, customer_id=str(BANK))
    assert [plan["id"] for plan in await get(escalation, "/v1/plans", HOSPITALS_OWN_LEADER)] == [own["id"]]
    async with escalation.as_(HOSPITALS_OWN_LEADER) as client:
        answer = await client.get(f"/v1/plans/{foreign['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "plan_not_found")


async def test_a_stale_version_is_not_moved(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await draft(escalation)
    async with escalation.as_(TEAM) as client:
        moved = await client.post(f"/v1/plans/{plan['id']}/start-drill", json=DRILL, headers={"If-Match": '"1"'})
        stale = await client.post(f"/v1/plans/{plan['id']}/evaluate-drill", json=PASSED, headers={"If-Match": '"1"'})
    assert (moved.status_code, moved.headers["etag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")


async def test_lists_of_plans_are_paged(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    drafted = [(await draft(escalation))["id"] for _ in range(3)]
    async with escalation.as_(principal(Role.DESK)) as client:
        first = await client.get("/v1/plans", params={"limit": 2})
        second = await client.get(first.links["next"]["url"])
    assert [plan["id"] for plan in (*first.json(), *second.json())] == drafted[::-1]


@pytest.mark.parametrize(
    ("who", "customer_id"),
    [
        (TEAM, uuid7()),
        (principal(Role.EMERGENCY_TEAM, customer_id=BANK), HOSPITAL),
        (principal(Role.EMERGENCY_TEAM, customer_id=BANK), uuid7()),
    ],
    ids=["staff for nobody", "for another customer", "for nobody"],
)
async def test_nobody_drafts_a_plan_for_a_customer_they_do_not_see(
    one_service: OneService.Factory, who: Principal, customer_id: UUID
) -> None:
    escalation = await opened(one_service)
    answer = await refused(escalation, who, "/v1/plans", DRAFT | {"customer_id": str(customer_id)})
    assert answer == (404, "customer_not_found")
    assert await get(escalation, "/v1/plans") == []


async def test_a_customers_own_team_drafts_its_plan(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    own = principal(Role.EMERGENCY_TEAM, customer_id=HOSPITAL)
    assert (await post(escalation, own, "/v1/plans", DRAFT, 201))["customer_id"] == str(HOSPITAL)
