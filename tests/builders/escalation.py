"""Escalation as its tests need it: two customers with their organisations, incidents, plans in force, requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.contracts import EmergencyOrganisationChanged
from shared.events.gateway import PersonChanged
from shared.events.incidents import IncidentClassified, IncidentClosed, IncidentReopened, IncidentReported
from shared.permissions import Role
from tests.harness import OneService, principal

HOSPITAL, BANK = uuid7(), uuid7()
DESK = principal(Role.DESK, name="Desk")
ENGINEER = principal(Role.ENGINEER, name="Engineer")
ADMIN = principal(Role.ADMINISTRATOR, name="Administrator")
TEAM = principal(Role.EMERGENCY_TEAM, name="Team member")
LEADER = principal(Role.LEADER, name="Leader")
DEPUTY = principal(Role.LEADER, Role.EMERGENCY_TEAM, name="Deputy leader, also in the team")
SUPERIOR = principal(Role.SUPERIOR, name="Superior")
BANK_TEAM = principal(Role.EMERGENCY_TEAM, name="Team member of the bank")
BANK_LEADER = principal(Role.LEADER, name="Leader of the bank")
BANKS_OWN_LEADER = principal(Role.LEADER, customer_id=BANK, name="The bank's own leader")
HOSPITALS_OWN_LEADER = principal(Role.LEADER, customer_id=HOSPITAL, name="The hospital's own leader")
NURSE = principal(Role.CUSTOMER_USER, customer_id=HOSPITAL, name="Nurse")
PEOPLE = (
    *(DESK, ENGINEER, ADMIN, TEAM, LEADER, DEPUTY, SUPERIOR),
    *(BANK_TEAM, BANK_LEADER, BANKS_OWN_LEADER, HOSPITALS_OWN_LEADER, NURSE),
)
FAILOVER: dict[str, Any] = {
    "title_zh": "切换到备机",
    "title_en": "Fail over",
    "measure": "it",
    "minutes": 10,
    "owner_id": str(TEAM.id),
}
PAPER: dict[str, Any] = {
    "title_zh": "改用纸质单据",
    "title_en": "Work on paper",
    "measure": "non_it",
    "minutes": 20,
    "after": [],
}
VERIFY: dict[str, Any] = {
    "title_zh": "核对数据",
    "title_en": "Check the data",
    "measure": "it",
    "minutes": 30,
    "after": [1, 2],
}
PLAN: dict[str, Any] = {
    "name_zh": "核心交换机中断预案",
    "name_en": "Core switch outage",
    "fault_class": "device",
    "scenario": "The core switch fails in working hours.",
    "steps": [FAILOVER, PAPER, VERIFY],
}
PASSED: dict[str, Any] = {"passed": True, "score": 92, "summary": "All measures worked within their time."}


async def post(
    escalation: OneService, who: Principal, path: str, body: dict[str, Any] | None = None, status: int = 200
) -> Any:
    async with escalation.as_(who) as client:
        answer = await client.post(path, json=body or {})
    assert answer.status_code == status, answer.text
    return answer.json()


async def refused(escalation: OneService, who: Principal, path: str, body: dict[str, Any] | None = None) -> Any:
    """(status, code) of a request that is not granted."""
    async with escalation.as_(who) as client:
        answer = await client.post(path, json=body or {})
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json()["code"]


async def get(escalation: OneService, path: str, who: Principal = DESK, **query: Any) -> Any:
    async with escalation.as_(who) as client:
        answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(one_service: OneService.Factory, *, quorum: int = 1) -> OneService:
    """Escalation as it knows both customers' people and organisations."""
    escalation = await one_service("escalation")
    for person in PEOPLE:
        await hear_of(escalation, person)
    await hear_of_hospital(escalation, quorum=quorum)
    bank = EmergencyOrganisationChanged(
        customer_id=BANK,
        team_ids=(_id(BANK_TEAM),),
        leader_ids=(_id(BANK_LEADER), _id(BANKS_OWN_LEADER)),
        quorum=1,
        superior_ids=(),
    )
    await escalation.hear(bank)
    return escalation


async def hear_of(escalation: OneService, person: Principal, sequence: int = 1, **changed: Any) -> None:
    """Tell escalation of a person, as the gateway does."""
    record = {
        "person_id": person.id,
        "name_zh": person.name,
        "name_en": person.name,
        "email": "person@example.com",
        "phone": "",
        "locale": "zh-CN",
        "roles": person.roles,
        "customer_id": person.customer_id,
        "active": True,
    }
    await escalation.hear(PersonChanged.model_validate(record | changed), sequence=sequence)


async def hear_of_hospital(escalation: OneService, sequence: int = 1, **changed: Any) -> None:
    """Tell escalation of the hospital's emergency organisation, as contracts does."""
    record = {
        "customer_id": HOSPITAL,
        "team_ids": (_id(TEAM), _id(DEPUTY)),
        "leader_ids": (_id(LEADER), _id(DEPUTY), _id(HOSPITALS_OWN_LEADER)),
        "quorum": 1,
        "superior_ids": (_id(SUPERIOR),),
    }
    await escalation.hear(EmergencyOrganisationChanged.model_validate(record | changed), sequence=sequence)


async def classified(escalation: OneService, **changed: Any) -> IncidentClassified:
    """An incident that was reported and classified: a major device fault of the hospital unless told otherwise."""
    now = await escalation.now()
    facts = {
        "incident_id": uuid7(),
        "customer_id": HOSPITAL,
        "number": "INC-2026-000123",
        "title": "Core switch down",
        "severity": "major",
        "fault_class": "device",
        "analysis": "Power module burnt out",
        "asset_id": None,
        "site_id": uuid7(),
        "key_business_ids": (),
        "classified_by": TEAM.id,
        "classified_at": now,
    } | changed
    report = facts | {
        "description": "Nobody can work",
        "channel": "api",
        "covered": True,
        "agreement_id": None,
        "contract_number": None,
        "contact_name": "Nurse",
        "contact_email": None,
        "contact_locale": "zh-CN",
        "reported_at": now,
    }
    await escalation.hear(IncidentReported.model_validate(report), sequence=1)
    event = IncidentClassified.model_validate(facts)
    await escalation.hear(event, sequence=2)
    return event


async def reclassify(escalation: OneService, incident: IncidentClassified, sequence: int = 3, **changed: Any) -> None:
    await escalation.hear(incident.model_copy(update=changed), sequence=sequence)


async def close(escalation: OneService, incident: IncidentClassified, sequence: int = 9) -> None:
    event = IncidentClosed(
        incident_id=incident.incident_id,
        customer_id=incident.customer_id,
        number=incident.number,
        title=incident.title,
        contact_name="Nurse",
        contact_email=None,
        contact_locale="zh-CN",
        closed_at=await escalation.now(),
    )
    await escalation.hear(event, sequence=sequence)


async def reopen(escalation: OneService, incident: IncidentClassified, sequence: int = 10) -> None:
    event = IncidentReopened(
        incident_id=incident.incident_id,
        customer_id=incident.customer_id,
        number=incident.number,
        reason_given="The fault is back",
        reopened_at=await escalation.now(),
    )
    await escalation.hear(event, sequence=sequence)


async def draft(escalation: OneService, **changed: Any) -> Any:
    return await post(escalation, TEAM, "/v1/plans", {"customer_id": str(HOSPITAL), **PLAN, **changed}, 201)


async def drilled(escalation: OneService, plan: Any, **outcome: Any) -> Any:
    """The plan after a drill of the whole team, passed unless told otherwise."""
    drill = {"scenario": "Power module pulled", "participant_ids": [str(TEAM.id), str(ENGINEER.id)]}
    await post(escalation, TEAM, f"/v1/plans/{plan['id']}/start-drill", drill)
    return await post(escalation, TEAM, f"/v1/plans/{plan['id']}/evaluate-drill", PASSED | outcome)


async def in_force(escalation: OneService, leader: Principal = LEADER, **changed: Any) -> Any:
    plan = await drilled(escalation, await draft(escalation, **changed))
    await post(escalation, leader, f"/v1/plans/{plan['id']}/approve")
    return await post(escalation, TEAM, f"/v1/plans/{plan['id']}/put-in-force")


async def requested(escalation: OneService, incident: IncidentClassified, plan: Any, who: Principal = TEAM) -> Any:
    body = {"incident_id": str(incident.incident_id), "plan_id": plan["id"], "reason": "No spare at hand"}
    return await post(escalation, who, "/v1/activations", body, 201)


async def authorised(escalation: OneService, incident: IncidentClassified, plan: Any) -> Any:
    activation = await requested(escalation, incident, plan)
    body = {"information": "Report of the team by phone"}
    return await post(escalation, LEADER, f"/v1/activations/{activation['id']}/authorise", body)


def _id(person: Principal) -> UUID:
    assert person.id is not None
    return person.id
