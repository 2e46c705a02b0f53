"""Alarms: raised for what must be looked at now, taken on by a person, over when their reason is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.escalation import AlarmAcknowledged, AlarmRaised, AlarmStopped
from shared.events.incidents import ArmedClock, ClockBreached, ClocksArmed, ClockStopped, IncidentClassified
from tests.builders.escalation import (
    BANK,
    BANKS_OWN_LEADER,
    DEPUTY,
    DESK,
    ENGINEER,
    HOSPITALS_OWN_LEADER,
    NURSE,
    SUPERIOR,
    TEAM,
    classified,
    close,
    get,
    hear_of,
    opened,
    post,
    refused,
)
from tests.harness import ANYBODY, OneService


async def breach(escalation: OneService, incident: IncidentClassified, kind: str = "respond", **changed: Any) -> str:
    """The id of the alarm of a broken promise."""
    event = ClockBreached(
        incident_id=incident.incident_id,
        customer_id=incident.customer_id,
        number=incident.number,
        kind=kind,
        due_at=await escalation.now(),
        late=False,
        clock_id=changed.pop("clock_id", None),
    )
    await escalation.hear(event, **{"sequence": 5} | changed)
    return str((await escalation.said(AlarmRaised))[-1].alarm_id)


async def test_a_broken_promise_alarms_the_emergency_team(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation, severity="general")
    await breach(escalation, incident, "on_site")
    [alarm] = await escalation.said(AlarmRaised)
    assert (alarm.reason, alarm.detail, alarm.number) == ("clock_breached", "on_site", incident.number)
    assert alarm.recipient_ids == (TEAM.id, DEPUTY.id)
    assert alarm.sentence("zh") == "告警：承诺超时（到场）"
    [listed] = await get(escalation, "/v1/alarms", incident_id=str(incident.incident_id))
    assert (listed["state"], listed["about_id"]) == ("raised", str(incident.incident_id))


async def test_an_alarm_reaches_the_desk_when_the_team_is_gone(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    for person in (TEAM, DEPUTY):
        await hear_of(escalation, person, sequence=2, active=False)
    await breach(escalation, await classified(escalation, severity="general"))
    [alarm] = await escalation.said(AlarmRaised)
    assert alarm.recipient_ids == (DESK.id,)


async def arm(escalation: OneService, incident: IncidentClassified, clock_id: UUID, **due_in: float) -> None:
    now = await escalation.now()
    clock = ArmedClock(
        clock_id=clock_id,
        about_id=None,
        kind="resolve",
        started_at=now,
        amount=3600,
        unit="seconds",
        calendar={},
        due_at=now + timedelta(**due_in),
    )
    about = {"incident_id": incident.incident_id, "customer_id": incident.customer_id}
    await escalation.hear(ClocksArmed(**about, clocks=(clock,)), sequence=6)


async def test_the_alarm_of_a_promise_that_can_be_kept_again_is_over(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident, clock_id = await classified(escalation), uuid7()
    alarm = await breach(escalation, incident, clock_id=clock_id)
    other = await breach(escalation, incident, clock_id=uuid7())
    await post(escalation, TEAM, f"/v1/alarms/{alarm}/acknowledge")
    await arm(escalation, incident, clock_id, hours=1)
    [said] = await escalation.said(AlarmStopped)
    assert (str(said.alarm_id), said.reason, said.detail) == (alarm, "clock_breached", "respond")
    states = {each["id"]: each["state"] for each in await get(escalation, "/v1/alarms")}
    assert states == {alarm: "stopped", other: "raised"}
    assert await breach(escalation, incident, clock_id=clock_id, sequence=7) not in states, "broken again"


async def test_the_alarm_of_a_promise_that_stays_broken_stands_and_is_not_doubled(
    one_service: OneService.Factory,
) -> None:
    escalation = await opened(one_service)
    incident, clock_id = await classified(escalation), uuid7()
    alarm = await breach(escalation, incident, clock_id=clock_id)
    await arm(escalation, incident, clock_id, hours=-1)
    assert await breach(escalation, incident, clock_id=clock_id, sequence=7) == alarm
    assert [each["state"] for each in await get(escalation, "/v1/alarms")] == ["raised"]


@pytest.mark.parametrize(("outcome", "state"), [("met", "stopped"), ("breached", "raised")])
async def test_an_alarm_is_over_when_the_promise_is_judged_again_and_was_kept(
    one_service: OneService.Factory, outcome: str, state: str
) -> None:
    escalation = await opened(one_service)
    incident, clock_id, now = await classified(escalation), uuid7(), await escalation.now()
    await breach(escalation, incident, clock_id=clock_id)
    about = {"incident_id": incident.incident_id, "customer_id": incident.customer_id, "clock_id": clock_id}
    judged = ClockStopped(**about, kind="respond", stopped_at=now, due_at=now, outcome=outcome)
    await escalation.hear(judged, sequence=6)
    assert [each["state"] for each in await get(escalation, "/v1/alarms")] == [state]


async def test_an_alarm_is_the_systems_whoever_gave_rise_to_it(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await breach(escalation, await classified(escalation), actor=f"person:{ENGINEER.id}")
    [envelope] = [each for each in escalation.bus.published if each.type == AlarmRaised.type]
    assert envelope.actor == "system:escalation"


@pytest.mark.parametrize("who", [TEAM, ENGINEER, DESK, SUPERIOR, HOSPITALS_OWN_LEADER], ids=lambda who: who.name)
async def test_whoever_is_told_of_alarms_can_take_one_on(one_service: OneService.Factory, who: Principal) -> None:
    escalation = await opened(one_service)
    alarm = await breach(escalation, await classified(escalation))
    taken = await post(escalation, who, f"/v1/alarms/{alarm}/acknowledge")
    assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", str(who.id))
    [said] = await escalation.said(AlarmAcknowledged)
    assert (str(said.alarm_id), said.acknowledged_by) == (alarm, who.id)
    assert await refused(escalation, DESK, f"/v1/alarms/{alarm}/acknowledge") == (409, "illegal_move")
    assert len(await escalation.said(AlarmAcknowledged)) == 1


async def test_alarms_are_over_with_their_incident(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident, other = await classified(escalation), await classified(escalation)
    raised, acknowledged = await breach(escalation, incident), await breach(escalation, incident, "resolve")
    standing = await breach(escalation, other)
    await post(escalation, TEAM, f"/v1/alarms/{acknowledged}/acknowledge")
    await close(escalation, incident)
    states = {alarm["id"]: alarm["state"] for alarm in await get(escalation, "/v1/alarms")}
    assert states == {raised: "stopped", acknowledged: "stopped", standing: "raised"}
    assert await refused(escalation, TEAM, f"/v1/alarms/{raised}/acknowledge") == (409, "illegal_move")


async def test_whoever_may_not_does_not_acknowledge(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    alarm = await breach(escalation, await classified(escalation))
    path = f"/v1/alarms/{alarm}/acknowledge"
    assert await refused(escalation, NURSE, path) == (403, "forbidden")
    assert await refused(escalation, ANYBODY, path) == (401, "unauthenticated")
    assert await refused(escalation, BANKS_OWN_LEADER, path) == (404, "alarm_not_found")
    assert await get(escalation, "/v1/alarms", BANKS_OWN_LEADER) == []
    [row] = await get(escalation, "/v1/alarms")
    assert row["state"] == "raised"


async def test_each_customers_team_hears_of_its_own(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    await breach(escalation, await classified(escalation, customer_id=BANK))
    [alarm] = await escalation.said(AlarmRaised)
    assert TEAM.id not in alarm.recipient_ids
    assert alarm.customer_id == BANK
