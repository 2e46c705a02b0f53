"""External parties called in for an incident: contacted, accepted, arrived, done."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.events.escalation import EngagementMoved, PartyEngaged
from shared.events.incidents import IncidentReported
from tests.builders.escalation import (
    BANKS_OWN_LEADER,
    DESK,
    ENGINEER,
    HOSPITALS_OWN_LEADER,
    LEADER,
    NURSE,
    TEAM,
    classified,
    close,
    get,
    opened,
    post,
    refused,
)
from tests.harness import ANYBODY, OneService

VENDOR = {"party_name": "Example Networks", "party_email": "support@example.com", "note": "Power module burnt out"}


async def engaged(one_service: OneService.Factory, **changed: Any) -> tuple[OneService, Any]:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    body = {"incident_id": str(incident.incident_id), **VENDOR, **changed}
    return escalation, await post(escalation, TEAM, "/v1/engagements", body, 201)


async def test_a_party_is_contacted_by_the_class_of_the_fault(one_service: OneService.Factory) -> None:
    escalation, engagement = await engaged(one_service)
    assert (engagement["state"], engagement["contacted_by"]) == ("contacted", str(TEAM.id))
    [said] = await escalation.said(PartyEngaged)
    assert (said.party_name, said.party_email, said.party_locale) == (
        "Example Networks",
        "support@example.com",
        "zh-CN",
    )
    assert (said.fault_class, said.title) == ("device", "Core switch down")
    assert await get(escalation, "/v1/engagements", incident_id=engagement["incident_id"]) == [engagement]


async def test_a_party_that_was_called_has_no_address(one_service: OneService.Factory) -> None:
    _, engagement = await engaged(one_service, party_email=None, party_locale="en", note=None)
    assert (engagement["party_email"], engagement["party_locale"]) == (None, "en")


async def test_a_party_accepts_arrives_and_is_done(one_service: OneService.Factory) -> None:
    escalation, engagement = await engaged(one_service)
    for move, state in (("accept", "accepted"), ("arrive", "arrived"), ("complete", "done")):
        moved = await post(escalation, DESK, f"/v1/engagements/{engagement['id']}/{move}")
        assert (moved["state"], moved[f"{state}_at"] is not None) == (state, True)
    assert [said.state for said in await escalation.said(EngagementMoved)] == ["accepted", "arrived", "done"]


async def test_a_party_does_not_arrive_before_it_accepts(one_service: OneService.Factory) -> None:
    escalation, engagement = await engaged(one_service)
    path = f"/v1/engagements/{engagement['id']}"
    for move in ("arrive", "complete"):
        async with escalation.as_(ENGINEER) as client:
            answer = await client.post(f"{path}/{move}")
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
        assert answer.json()["allowed"] == ["accept"]
    assert await escalation.said(EngagementMoved) == []


async def test_an_incident_not_yet_classified_has_no_class_to_go_by(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    reported = (await classified(escalation)).model_dump() | {"incident_id": uuid7()}
    report = reported | {
        "description": "Nobody can work",
        "channel": "api",
        "covered": True,
        "agreement_id": None,
        "contract_number": None,
        "contact_name": "Nurse",
        "contact_email": None,
        "contact_locale": "zh-CN",
        "reported_at": await escalation.now(),
    }
    await escalation.hear(IncidentReported.model_validate(report))
    body = {"incident_id": str(reported["incident_id"]), **VENDOR}
    assert (await post(escalation, DESK, "/v1/engagements", body, 201))["fault_class"] == "other"


async def test_whoever_does_not_work_on_incidents_engages_nobody(one_service: OneService.Factory) -> None:
    escalation, engagement = await engaged(one_service)
    body = {"incident_id": engagement["incident_id"], **VENDOR}
    for who, answer in ((LEADER, (403, "forbidden")), (NURSE, (403, "forbidden")), (ANYBODY, (401, "unauthenticated"))):
        assert await refused(escalation, who, "/v1/engagements", body) == answer
        assert await refused(escalation, who, f"/v1/engagements/{engagement['id']}/accept") == answer
    assert await refused(escalation, DESK, f"/v1/engagements/{uuid7()}/accept") == (404, "engagement_not_found")
    assert await get(escalation, "/v1/engagements", HOSPITALS_OWN_LEADER) == [engagement]
    assert await get(escalation, "/v1/engagements", BANKS_OWN_LEADER) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"party_name": " "}, 422, "invalid_input"),
        ({"party_email": "nowhere"}, 422, "invalid_input"),
        ({"party_locale": "fr"}, 422, "invalid_input"),
        ({"state": "done"}, 422, "invalid_input"),
        ({"incident_id": str(uuid7())}, 404, "incident_not_found"),
    ],
)
async def test_an_engagement_that_is_not_sound_is_not_written(
    one_service: OneService.Factory, change: dict[str, Any], status: int, code: str
) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    body = {"incident_id": str(incident.incident_id), **VENDOR} | change
    assert await refused(escalation, TEAM, "/v1/engagements", body) == (status, code)
    assert await escalation.rows(text("SELECT 1 FROM escalation.engagements")) == []
    assert await escalation.said(PartyEngaged) == []


async def test_nobody_is_engaged_for_a_closed_incident(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await close(escalation, incident)
    body = {"incident_id": str(incident.incident_id), **VENDOR}
    assert await refused(escalation, TEAM, "/v1/engagements", body) == (409, "incident_closed")
