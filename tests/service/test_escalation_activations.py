"""Activations: asking for a plan to start, and the leading group's decision. The run is in test_escalation_runs."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.chains import broken_link
from shared.db import Caller
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    ActivationWithdrawn,
    AlarmRaised,
    EmergencyOpened,
)
from shared.permissions import Permission, Role
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
    SUPERIOR,
    TEAM,
    authorised,
    classified,
    close,
    draft,
    drilled,
    get,
    hear_of_hospital,
    in_force,
    opened,
    post,
    refused,
    requested,
)
from tests.harness import ANYBODY, OneService, principal

AUTHORISE = {"information": "Report of the team by phone"}
REFUSE = {"reason": "The spare part is on its way"}
LEADERS = (LEADER.id, DEPUTY.id, HOSPITALS_OWN_LEADER.id)


async def count(escalation: OneService, table: str) -> int:
    [row] = await escalation.rows(text(f"SELECT count(*) FROM escalation.{table}"))
    return int(row[0])


def seconds_to_answer(activation: Any) -> float:
    asked = datetime.fromisoformat(activation["requested_at"])
    return (datetime.fromisoformat(activation["answer_by"]) - asked) / timedelta(seconds=1)


@pytest.mark.parametrize(("severity", "minutes"), [("major", 30), ("disaster", 15)])
async def test_the_leading_group_is_asked_and_has_its_time(
    one_service: OneService.Factory, severity: str, minutes: int
) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation, severity=severity)
    activation = await requested(escalation, incident, plan)
    assert (activation["state"], activation["requested_by"]) == ("requested", str(TEAM.id))
    assert activation["steps"] == activation["decisions"] == []
    assert seconds_to_answer(activation) == minutes * 60
    [asked] = await escalation.said(ActivationRequested)
    assert (asked.leader_ids, asked.number, asked.plan_name_zh) == (LEADERS, incident.number, plan["name_zh"])
    assert (asked.requested_by, asked.reason) == (TEAM.id, "No spare at hand")
    assert await get(escalation, f"/v1/activations/{activation['id']}") == activation
    assert await get(escalation, "/v1/activations", incident_id=str(incident.incident_id)) == [activation]


async def test_a_leader_authorises_on_stated_information(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    activation = await requested(escalation, incident, plan)
    done = await post(escalation, LEADER, f"/v1/activations/{activation['id']}/authorise", AUTHORISE)
    assert (done["state"], done["decided_by"]) == ("authorised", str(LEADER.id))
    assert [(step["position"], step["state"]) for step in done["steps"]] == [(n, "pending") for n in (1, 2, 3)]
    [decision] = done["decisions"]
    assert (decision["choice"], decision["information"]) == ("authorise", AUTHORISE["information"])
    [said] = await escalation.said(ActivationAuthorised)
    assert (said.decided_by, said.decided_by_name) == (LEADER.id, "Leader")
    assert (said.information, said.requested_by) == (AUTHORISE["information"], TEAM.id)


async def test_a_customers_own_person_leads_too(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}/authorise"
    assert (await post(escalation, HOSPITALS_OWN_LEADER, path, AUTHORISE))["state"] == "authorised"


async def test_steps_are_due_from_the_authorisation_on(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    done = await authorised(escalation, await classified(escalation), await in_force(escalation))
    start = datetime.fromisoformat(done["decided_at"])
    due = [(datetime.fromisoformat(step["due_at"]) - start) / timedelta(minutes=1) for step in done["steps"]]
    assert due == [10, 20, 50]


@pytest.mark.parametrize("move", ["authorise", "refuse"])
async def test_who_requested_cannot_decide(one_service: OneService.Factory, move: str) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation), DEPUTY)
    path = f"/v1/activations/{activation['id']}/{move}"
    body = AUTHORISE if move == "authorise" else REFUSE
    assert await refused(escalation, DEPUTY, path, body) == (403, "requester_cannot_decide")
    assert (await get(escalation, f"/v1/activations/{activation['id']}"))["state"] == "requested"
    assert await count(escalation, "decisions") == await count(escalation, "activation_steps") == 0


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (TEAM, 403, "forbidden"),
        (ENGINEER, 403, "forbidden"),
        (DESK, 403, "forbidden"),
        (ADMIN, 403, "forbidden"),
        (SUPERIOR, 403, "forbidden"),
        (NURSE, 403, "forbidden"),
        (BANK_LEADER, 403, "not_of_leading_group"),
        (BANKS_OWN_LEADER, 404, "activation_not_found"),
        (ANYBODY, 401, "unauthenticated"),
    ],
    ids=lambda value: getattr(value, "name", None) or str(value),
)
async def test_nobody_but_the_customers_own_leaders_decides(
    one_service: OneService.Factory, who: Principal, status: int, code: str
) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}"
    assert await refused(escalation, who, f"{path}/authorise", AUTHORISE) == (status, code)
    assert await refused(escalation, who, f"{path}/refuse", REFUSE) == (status, code)
    assert (await get(escalation, path))["state"] == "requested"
    assert await count(escalation, "decisions") == 0
    assert await escalation.said(ActivationAuthorised) == await escalation.said(ActivationRefused) == []


async def test_a_key_never_decides_whatever_its_scopes(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    scopes = frozenset({Permission.ACTIVATIONS_DECIDE.value, Permission.ACTIVATIONS_REQUEST.value})
    key = Principal("key", LEADER.id, "Key", (), scopes, HOSPITAL, "127.0.0.1")
    path = f"/v1/activations/{activation['id']}/authorise"
    assert await refused(escalation, key, path, AUTHORISE) == (403, "person_needed")


async def test_a_leader_who_was_replaced_decides_no_more(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    await hear_of_hospital(escalation, sequence=2, leader_ids=(DEPUTY.id,))
    path = f"/v1/activations/{activation['id']}/authorise"
    assert await refused(escalation, LEADER, path, AUTHORISE) == (403, "not_of_leading_group")
    assert (await post(escalation, DEPUTY, path, AUTHORISE))["state"] == "authorised"


async def test_a_quorum_of_two_takes_two_distinct_leaders(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service, quorum=2)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}"
    first = await post(escalation, LEADER, f"{path}/authorise", AUTHORISE)
    assert (first["state"], len(first["decisions"]), first["steps"]) == ("requested", 1, [])
    assert await refused(escalation, LEADER, f"{path}/authorise", AUTHORISE) == (409, "already_decided")
    assert await refused(escalation, LEADER, f"{path}/refuse", REFUSE) == (409, "already_decided")
    assert await escalation.said(ActivationAuthorised) == []
    second = await post(escalation, DEPUTY, f"{path}/authorise", AUTHORISE)
    assert (second["state"], len(second["decisions"])) == ("authorised", 2)
    assert len(await escalation.said(ActivationAuthorised)) == 1


async def test_one_refusal_outweighs_an_authorisation(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service, quorum=2)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}"
    await post(escalation, LEADER, f"{path}/authorise", AUTHORISE)
    done = await post(escalation, DEPUTY, f"{path}/refuse", REFUSE)
    assert (done["state"], done["decided_by"]) == ("refused", str(DEPUTY.id))
    [said] = await escalation.said(ActivationRefused)
    assert (said.reason, said.decided_by) == (REFUSE["reason"], DEPUTY.id)


async def test_two_leaders_deciding_at_once_are_one_authorisation(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service, quorum=2)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}/authorise"
    await asyncio.gather(*(post(escalation, leader, path, AUTHORISE) for leader in (LEADER, DEPUTY)))
    assert len(await escalation.said(ActivationAuthorised)) == 1
    assert await count(escalation, "activation_steps") == 3


async def test_a_refused_plan_never_runs(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan = await in_force(escalation)
    activation = await requested(escalation, await classified(escalation), plan)
    path = f"/v1/activations/{activation['id']}"
    await post(escalation, LEADER, f"{path}/refuse", REFUSE)
    assert await refused(escalation, DEPUTY, f"{path}/authorise", AUTHORISE) == (409, "illegal_move")
    for step in plan["steps"]:
        assert await refused(escalation, TEAM, f"{path}/steps/{step['id']}/start") == (409, "illegal_move")
    await escalation.advance(hours=6)
    assert await count(escalation, "activation_steps") == 0
    assert (await get(escalation, path))["state"] == "refused"


async def test_a_refusal_can_be_followed_by_another_request(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    first = await requested(escalation, incident, plan)
    again = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "Again"}
    assert await refused(escalation, TEAM, "/v1/activations", again) == (409, "activation_already_requested")
    await post(escalation, LEADER, f"/v1/activations/{first['id']}/refuse", REFUSE)
    assert (await post(escalation, TEAM, "/v1/activations", again, 201))["state"] == "requested"


async def test_only_a_plan_in_force_of_the_incidents_customer_is_requested(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    undrilled = await draft(escalation)
    former = await in_force(escalation, name_zh="旧预案")
    await in_force(escalation, name_zh="旧预案")
    foreign = await in_force(escalation, BANK_LEADER, customer_id=str(BANK))
    approved = await drilled(escalation, await draft(escalation))
    await post(escalation, LEADER, f"/v1/plans/{approved['id']}/approve")
    for plan in (undrilled, former, foreign, approved):
        body = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "Now"}
        assert await refused(escalation, TEAM, "/v1/activations", body) == (409, "plan_not_in_force")
    assert await count(escalation, "activations") == 0
    assert await escalation.said(ActivationRequested) == []


async def test_a_plan_superseded_meanwhile_is_not_authorised(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    await in_force(escalation)
    path = f"/v1/activations/{activation['id']}"
    assert await refused(escalation, LEADER, f"{path}/authorise", AUTHORISE) == (409, "plan_not_in_force")
    assert await count(escalation, "decisions") == 0
    assert (await post(escalation, LEADER, f"{path}/refuse", REFUSE))["state"] == "refused"


async def test_only_the_emergency_team_requests(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    body = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "Now"}
    for who in (LEADER, DESK, ENGINEER, ADMIN, NURSE):
        assert await refused(escalation, who, "/v1/activations", body) == (403, "forbidden")
    assert await refused(escalation, ANYBODY, "/v1/activations", body) == (401, "unauthenticated")
    assert await count(escalation, "activations") == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reason": " "}, 422, "invalid_input"),
        ({"state": "authorised"}, 422, "invalid_input"),
        ({"incident_id": str(uuid7())}, 404, "incident_not_found"),
        ({"plan_id": str(uuid7())}, 404, "plan_not_found"),
    ],
)
async def test_a_request_that_is_not_sound_is_not_written(
    one_service: OneService.Factory, change: dict[str, Any], status: int, code: str
) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    body = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "Now"}
    assert await refused(escalation, TEAM, "/v1/activations", body | change) == (status, code)
    assert await count(escalation, "activations") == await count(escalation, "timers") == 0


async def test_a_decision_without_its_grounds_is_none(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}"
    for move, body in (("authorise", {}), ("authorise", {"information": " "}), ("refuse", {})):
        assert await refused(escalation, LEADER, f"{path}/{move}", body) == (422, "invalid_input")
    assert await count(escalation, "decisions") == 0


async def test_every_decision_is_audited_with_what_it_rested_on(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    done = await authorised(escalation, incident, await in_force(escalation))
    async with escalation.runtime.database.transaction(Caller("system:test", "system")) as session:
        chain = await chain_of(session, done["id"])
    assert [entry["action"] for entry in chain] == [
        "request_activation",
        "decide_authorise",
        "authorise_activation",
    ]
    assert broken_link(chain) is None
    decided = chain[1]
    assert (decided["actor"], decided["roles"]) == (f"person:{LEADER.id}", ["leader"])
    assert decided["information"]["stated"] == "Report of the team by phone"
    assert decided["information"]["incident"]["analysis"] == incident.analysis
    assert decided["information"]["request"]["requested_by"] == str(TEAM.id)
    assert {entry["customer_id"] for entry in chain} == {HOSPITAL}


async def test_the_evidence_of_an_incident_holds_the_whole_decision(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await authorised(escalation, incident, await in_force(escalation))
    evidence = await get(escalation, f"/v1/evidence/escalation/{incident.incident_id}", LEADER)
    actions = {entry["action"] for entry in evidence["entries"]}
    assert {"open_emergency", "tell_leading_group", "request_activation", "decide_authorise"} <= actions
    assert {event["type"] for event in evidence["events"]} >= {EmergencyOpened.type, ActivationAuthorised.type}


async def test_a_decision_cannot_be_rewritten_by_the_service(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await authorised(escalation, await classified(escalation), await in_force(escalation))
    for change in ("UPDATE escalation.decisions SET choice = 'refuse'", "DELETE FROM escalation.decisions"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with escalation.runtime.database.transaction(Caller("system:test", "system")) as session:
                await session.execute(text(change))


async def test_a_closed_incident_needs_no_plan_any_more(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    activation = await requested(escalation, incident, plan)
    await close(escalation, incident)
    path = f"/v1/activations/{activation['id']}"
    assert (await get(escalation, path))["state"] == "withdrawn"
    [said] = await escalation.said(ActivationWithdrawn)
    assert (str(said.activation_id), said.plan_name_en, said.requested_by) == (
        activation["id"],
        plan["name_en"],
        TEAM.id,
    )
    assert (await refused(escalation, LEADER, f"{path}/authorise", AUTHORISE))[0] == 409
    body = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "Now"}
    assert await refused(escalation, TEAM, "/v1/activations", body) == (409, "incident_closed")
    await escalation.advance(hours=6)
    assert await escalation.said(AlarmRaised) == []


async def test_a_customers_people_see_their_own_activations_only(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    own = await requested(escalation, await classified(escalation), await in_force(escalation))
    assert await get(escalation, "/v1/activations", HOSPITALS_OWN_LEADER) == [own]
    assert await get(escalation, "/v1/activations", BANKS_OWN_LEADER) == []
    async with escalation.as_(BANKS_OWN_LEADER) as client:
        answer = await client.get(f"/v1/activations/{own['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "activation_not_found")


async def test_a_repeated_authorisation_by_key_has_one_effect(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    async with escalation.as_(LEADER) as client:
        path, headers = f"/v1/activations/{activation['id']}/authorise", {"Idempotency-Key": "k1"}
        first = await client.post(path, json=AUTHORISE, headers=headers)
        repeat = await client.post(path, json=AUTHORISE, headers=headers)
    assert (first.status_code, repeat.json()) == (200, first.json())
    assert len(await escalation.said(ActivationAuthorised)) == 1


async def test_a_request_nobody_can_be_asked_alarms_at_once(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    plan, incident = await in_force(escalation), await classified(escalation)
    await hear_of_hospital(escalation, sequence=2, leader_ids=())
    activation = await requested(escalation, incident, plan)
    [alarm] = await get(escalation, "/v1/alarms")
    assert (alarm["reason"], alarm["about_id"]) == ("nobody_to_tell", activation["id"])


async def test_a_person_with_both_roles_decides_on_requests_of_others(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    activation = await requested(escalation, await classified(escalation), await in_force(escalation))
    path = f"/v1/activations/{activation['id']}/authorise"
    stranger = principal(Role.LEADER, Role.EMERGENCY_TEAM)
    assert await refused(escalation, stranger, path, AUTHORISE) == (403, "not_of_leading_group")
    assert (await post(escalation, DEPUTY, path, AUTHORISE))["state"] == "authorised"
