"""Alarms: raised for what must be looked at now, taken on by a person, over when their reason is."""

from __future__ import annotations

import pytest

from shared.auth import Principal
from shared.events.escalation import AlarmAcknowledged, AlarmRaised
from shared.events.incidents import ClockBreached, IncidentClassified
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


async def breach(escalation: OneService, incident: IncidentClassified, kind: str = "respond") -> str:
    """The id of the alarm of a broken promise."""
    event = ClockBreached(
        incident_id=incident.incident_id,
        customer_id=incident.customer_id,
        number=incident.number,
        kind=kind,
        due_at=await escalation.now(),
        late=False,
    )
    await escalation.hear(event, sequence=5)
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
