"""Emergencies: who must know is told at once, whoever could not be told is told later, nobody is counted as told."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.db import Caller
from shared.events.escalation import ActivationWithdrawn, AlarmRaised, AlarmStopped, EmergencyOpened, SuperiorInformed
from shared.events.incidents import IncidentMerged, IncidentUnmerged
from tests.builders.escalation import (
    BANK,
    DEPUTY,
    DESK,
    HOSPITAL,
    HOSPITALS_OWN_LEADER,
    LEADER,
    NURSE,
    SUPERIOR,
    TEAM,
    classified,
    close,
    get,
    hear_of,
    hear_of_hospital,
    in_force,
    opened,
    reclassify,
    reopen,
    requested,
)
from tests.harness import ANYBODY, OneService

LEADERS = (LEADER.id, DEPUTY.id, HOSPITALS_OWN_LEADER.id)
KEY_BUSINESS = uuid7()


async def test_the_leading_group_is_told_at_once_of_a_major_fault(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    [told] = await escalation.said(EmergencyOpened)
    assert told.leader_ids == LEADERS
    assert (told.number, told.severity, told.fault_class) == (incident.number, "major", "device")
    assert told.analysis == incident.analysis
    [emergency] = await get(escalation, "/v1/emergencies", incident_id=str(incident.incident_id))
    assert (emergency["state"], emergency["leader_ids"]) == ("open", [str(leader) for leader in LEADERS])
    assert await get(escalation, f"/v1/emergencies/{emergency['id']}") == emergency


@pytest.mark.parametrize(
    ("facts", "is_emergency", "is_reported_up"),
    [
        ({"severity": "general"}, False, False),
        ({"severity": "general", "key_business_ids": (KEY_BUSINESS,)}, False, False),
        ({"severity": "general", "quickly_solvable": False}, True, False),
        ({"severity": "consultation"}, False, False),
        ({"severity": "major"}, True, False),
        ({"severity": "major", "key_business_ids": (KEY_BUSINESS,)}, True, True),
        ({"severity": "disaster"}, True, True),
    ],
)
async def test_what_is_an_emergency_and_what_goes_to_the_superior_authority(
    one_service: OneService.Factory, facts: dict[str, Any], is_emergency: bool, is_reported_up: bool
) -> None:
    escalation = await opened(one_service)
    await classified(escalation, **facts)
    assert len(await escalation.said(EmergencyOpened)) == is_emergency
    informed = await escalation.said(SuperiorInformed)
    assert [event.superior_ids for event in informed] == ([(SUPERIOR.id,)] if is_reported_up else [])
    assert await escalation.said(AlarmRaised) == []


async def test_a_fault_that_turns_into_a_disaster_is_told_once_and_then_reported_up(
    one_service: OneService.Factory,
) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await reclassify(escalation, incident, severity="disaster", analysis="The whole room is dark")
    await reclassify(escalation, incident, sequence=4, severity="disaster", fault_class="other")
    assert len(await escalation.said(EmergencyOpened)) == 1
    assert len(await escalation.said(SuperiorInformed)) == 1
    [emergency] = await get(escalation, "/v1/emergencies")
    assert (emergency["severity"], emergency["fault_class"]) == ("disaster", "other")
    assert emergency["superior_informed_at"] is not None


async def test_leaders_named_after_the_emergency_opened_are_told_then(one_service: OneService.Factory) -> None:
    escalation = await one_service("escalation")
    await hear_of(escalation, DESK)
    await classified(escalation, severity="disaster")
    assert await escalation.said(EmergencyOpened) == await escalation.said(SuperiorInformed) == []
    alarms = await escalation.said(AlarmRaised)
    assert [(alarm.reason, alarm.detail) for alarm in alarms] == [
        ("nobody_to_tell", "leader"),
        ("nobody_to_tell", "superior"),
    ]
    assert [alarm.recipient_ids for alarm in alarms] == [(DESK.id,), (DESK.id,)], "no team: the desk must look"
    await hear_of_hospital(escalation)
    [told] = await escalation.said(EmergencyOpened)
    assert told.leader_ids == LEADERS
    assert len(await escalation.said(SuperiorInformed)) == 1
    assert {alarm["state"] for alarm in await get(escalation, "/v1/alarms")} == {"stopped"}
    await hear_of_hospital(escalation, sequence=2, quorum=2)
    assert len(await escalation.said(EmergencyOpened)) == 1


async def test_nobody_to_tell_is_one_alarm_however_often_the_fault_is_classified(
    one_service: OneService.Factory,
) -> None:
    escalation = await one_service("escalation")
    await hear_of(escalation, DESK)
    incident = await classified(escalation)
    await reclassify(escalation, incident, severity="disaster")
    assert [alarm.detail for alarm in await escalation.said(AlarmRaised)] == ["leader", "superior"]


async def test_whoever_could_not_be_told_need_not_be_when_it_is_no_emergency_after_all(
    one_service: OneService.Factory,
) -> None:
    escalation = await one_service("escalation")
    await hear_of(escalation, DESK)
    incident = await classified(escalation)
    await reclassify(escalation, incident, severity="general")
    [over] = await escalation.said(AlarmStopped)
    assert over.sentence("en") == "Alarm over: nobody could be told (leading group) holds no more"
    assert [alarm["state"] for alarm in await get(escalation, "/v1/alarms")] == ["stopped"]
    await hear_of_hospital(escalation)
    assert await escalation.said(EmergencyOpened) == []
    await reclassify(escalation, incident, sequence=4)
    assert len(await escalation.said(EmergencyOpened)) == len(await escalation.said(AlarmRaised)) == 1


async def test_a_leader_who_left_is_not_counted_as_told(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await hear_of(escalation, LEADER, sequence=2, active=False)
    await classified(escalation)
    [told] = await escalation.said(EmergencyOpened)
    assert told.leader_ids == (DEPUTY.id, HOSPITALS_OWN_LEADER.id)


async def test_a_repeated_event_opens_no_second_emergency(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    event_id = uuid7()
    for _ in range(2):
        await escalation.hear(incident, sequence=3, event_id=event_id)
    assert len(await escalation.said(EmergencyOpened)) == 1
    assert len(await get(escalation, "/v1/emergencies")) == 1


async def test_an_emergency_ends_with_its_incident(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await close(escalation, incident)
    [emergency] = await get(escalation, "/v1/emergencies")
    assert (emergency["state"], emergency["closed_at"] is not None) == ("closed", True)
    await hear_of_hospital(escalation, sequence=2, leader_ids=(TEAM.id,))
    assert len(await escalation.said(EmergencyOpened)) == 1


async def test_an_emergency_comes_back_with_its_incident_and_who_must_know_is_told_again(
    one_service: OneService.Factory,
) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation, severity="disaster")
    await close(escalation, incident)
    await hear_of(escalation, LEADER, sequence=2, active=False)
    await reopen(escalation, incident)
    _, told = await escalation.said(EmergencyOpened)
    assert told.leader_ids == (DEPUTY.id, HOSPITALS_OWN_LEADER.id), "those who are there now"
    assert len(await escalation.said(SuperiorInformed)) == 2
    [emergency] = await get(escalation, "/v1/emergencies")
    assert (emergency["state"], emergency["closed_at"]) == ("open", None)
    await close(escalation, incident, sequence=11)
    assert [each["state"] for each in await get(escalation, "/v1/emergencies")] == ["closed"]


async def test_an_emergency_comes_back_when_a_merge_is_undone(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    about = {
        **{name: getattr(incident, name) for name in ("incident_id", "customer_id", "number")},
        **{"target_id": uuid7(), "target_number": "INC-2026-000122", "reason_given": "The same fault, or not"},
    }
    now = await escalation.now()
    await escalation.hear(IncidentMerged(**about, former_state="triaged", merged_at=now), sequence=3)
    await escalation.hear(IncidentUnmerged(**about, state="triaged", unmerged_at=now), sequence=4)
    assert [each["state"] for each in await get(escalation, "/v1/emergencies")] == ["open"]
    assert len(await escalation.said(EmergencyOpened)) == 2


async def test_where_nobody_can_be_told_that_an_emergency_is_back_an_alarm_stands(
    one_service: OneService.Factory,
) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await close(escalation, incident)
    await hear_of_hospital(escalation, sequence=2, leader_ids=())
    await reopen(escalation, incident)
    assert [(alarm.reason, alarm.detail) for alarm in await escalation.said(AlarmRaised)] == [
        ("nobody_to_tell", "leader")
    ]
    [emergency] = await get(escalation, "/v1/emergencies")
    assert (emergency["leader_ids"], emergency["leaders_told_at"]) == ([], None), "nobody counts as told"


async def test_what_was_withdrawn_at_the_end_does_not_come_back_by_itself(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    request = await requested(escalation, incident, await in_force(escalation))
    await close(escalation, incident)
    assert len(await escalation.said(ActivationWithdrawn)) == 1
    await reopen(escalation, incident)
    await escalation.advance(hours=6)
    assert (await get(escalation, f"/v1/activations/{request['id']}"))["state"] == "withdrawn"
    assert await escalation.said(AlarmRaised) == []


async def test_an_incident_without_an_emergency_comes_back_without_one(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation, severity="general")
    await close(escalation, incident)
    await reopen(escalation, incident)
    assert await get(escalation, "/v1/emergencies") == []


async def test_an_emergency_left_closed_opens_when_its_incident_is_classified_again(
    one_service: OneService.Factory,
) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await close(escalation, incident)
    await reclassify(escalation, incident, sequence=10, severity="general")
    assert [each["state"] for each in await get(escalation, "/v1/emergencies")] == ["closed"]
    await reclassify(escalation, incident, sequence=11, severity="disaster")
    [emergency] = await get(escalation, "/v1/emergencies")
    assert (emergency["state"], emergency["severity"]) == ("open", "disaster")
    assert len(await escalation.said(EmergencyOpened)) == 2


async def test_closing_a_plain_incident_changes_nothing_here(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await close(escalation, await classified(escalation, severity="general"))
    assert await get(escalation, "/v1/emergencies") == []
    assert await escalation.rows(text("SELECT 1 FROM escalation.inbox WHERE state <> 'done'")) == []


async def test_a_customers_people_see_their_own_emergencies_only(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    own, foreign = await classified(escalation), await classified(escalation, customer_id=BANK)
    [listed] = await get(escalation, "/v1/emergencies", HOSPITALS_OWN_LEADER)
    assert listed["incident_id"] == str(own.incident_id)
    [hidden] = await get(escalation, "/v1/emergencies", incident_id=str(foreign.incident_id))
    async with escalation.as_(HOSPITALS_OWN_LEADER) as client:
        answer = await client.get(f"/v1/emergencies/{hidden['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "emergency_not_found")


async def test_whoever_may_not_read_emergencies_does_not(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    for who, status in ((NURSE, 403), (ANYBODY, 401)):
        async with escalation.as_(who) as client:
            assert (await client.get("/v1/emergencies")).status_code == status


async def test_an_older_snapshot_never_replaces_a_newer_one(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await hear_of_hospital(escalation, sequence=3, leader_ids=(DEPUTY.id,))
    await hear_of_hospital(escalation, sequence=2, leader_ids=(TEAM.id,))
    await hear_of(escalation, DEPUTY, sequence=5, name_zh="新名字")
    await hear_of(escalation, DEPUTY, sequence=4, name_zh="旧名字", active=False)
    await classified(escalation)
    [told] = await escalation.said(EmergencyOpened)
    assert told.leader_ids == (DEPUTY.id,)
    [row] = await escalation.rows(text(f"SELECT name_zh, active FROM escalation.people WHERE id = '{DEPUTY.id}'"))
    assert tuple(row) == ("新名字", True)


async def test_the_copy_of_an_incident_follows_its_life(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation, key_business_ids=(KEY_BUSINESS,))
    columns = "number, severity, fault_class, analysis, site_id, key_business_ids, state"
    mine = text(f"SELECT {columns} FROM escalation.incidents WHERE id = '{incident.incident_id}'")
    [row] = await escalation.rows(mine)
    facts = (incident.number, "major", "device", incident.analysis, incident.site_id, [KEY_BUSINESS])
    assert tuple(row) == (*facts, "in_progress")
    await close(escalation, incident)
    [row] = await escalation.rows(mine)
    assert tuple(row) == (*facts, "closed")
    unseen = Caller("person:x", "customer", customer_id=BANK)
    assert await escalation.rows(mine, unseen) == []
    assert len(await escalation.rows(mine, Caller("person:x", "customer", customer_id=HOSPITAL))) == 1


async def test_a_move_of_an_incident_never_heard_of_holds_nothing_up(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await close(escalation, incident.model_copy(update={"incident_id": uuid7()}))
    assert await escalation.rows(text("SELECT 1 FROM escalation.inbox WHERE state <> 'done'")) == []
