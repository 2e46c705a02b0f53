"""Parts called up: the store answers by its own events; no answer, or a no, alarms the emergency team."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.events.escalation import AlarmRaised, PartsCalledUp
from shared.events.incidents import IncidentClassified
from shared.events.inventory import PartReserved, ReservationExpired, ReservationRefused, ReservationReleased
from tests.builders.escalation import (
    BANK,
    BANKS_OWN_LEADER,
    DEPUTY,
    DESK,
    ENGINEER,
    HOSPITALS_OWN_LEADER,
    LEADER,
    NURSE,
    TEAM,
    authorised,
    classified,
    close,
    get,
    in_force,
    opened,
    post,
    refused,
)
from tests.builders.locks import takes_no_timer_before
from tests.harness import ANYBODY, OneService

FAN = {"part_number": "FAN-9000", "quantity": 2}


async def called_up(escalation: OneService, incident: IncidentClassified, **changed: Any) -> Any:
    body = {"incident_id": str(incident.incident_id), **FAN, **changed}
    return await post(escalation, TEAM, "/v1/part-call-ups", body, 201)


async def reserve(escalation: OneService, call_up: Any) -> PartReserved:
    now = await escalation.now()
    event = PartReserved(
        reservation_id=uuid7(),
        call_up_id=call_up["id"],
        incident_id=call_up["incident_id"],
        customer_id=call_up["customer_id"],
        number=call_up["number"],
        part_number="FAN-9000",
        part_name_zh="风扇模块",
        part_name_en="Fan module",
        quantity=2,
        depot_id=uuid7(),
        depot_name_zh="成都库",
        depot_name_en="Depot Chengdu",
        keeper_id=uuid7(),
        promised_at=now + timedelta(hours=2),
        expires_at=now + timedelta(hours=24),
    )
    await escalation.hear(event)
    return event


async def refuse(escalation: OneService, call_up: Any) -> None:
    event = ReservationRefused(
        call_up_id=call_up["id"],
        incident_id=call_up["incident_id"],
        customer_id=call_up["customer_id"],
        number=call_up["number"],
        part_number="FAN-9000",
        quantity=2,
        reason="out_of_stock",
    )
    await escalation.hear(event)


async def test_a_part_is_called_up_for_the_site_of_the_incident(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    call_up = await called_up(escalation, incident)
    assert (call_up["state"], call_up["site_id"]) == ("called_up", str(incident.site_id))
    [said] = await escalation.said(PartsCalledUp)
    assert (str(said.call_up_id), said.part_number, said.quantity) == (call_up["id"], "FAN-9000", 2)
    assert (said.site_id, said.number, said.activation_id) == (incident.site_id, incident.number, None)
    assert await get(escalation, "/v1/part-call-ups", incident_id=str(incident.incident_id)) == [call_up]


async def test_the_stores_reservation_is_noted_with_its_promise(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    reserved = await reserve(escalation, call_up)
    [noted] = await get(escalation, "/v1/part-call-ups")
    assert (noted["state"], noted["reservation_id"]) == ("reserved", str(reserved.reservation_id))
    assert (noted["depot_name_zh"], noted["promised_at"] is not None) == ("成都库", True)
    await escalation.advance(hours=1)
    assert await escalation.said(AlarmRaised) == []


async def test_a_refusal_alarms_the_team(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    await refuse(escalation, call_up)
    [noted] = await get(escalation, "/v1/part-call-ups")
    assert (noted["state"], noted["refusal"]) == ("refused", "out_of_stock")
    await escalation.advance(hours=1)
    [alarm] = await escalation.said(AlarmRaised)
    assert (alarm.reason, alarm.detail) == ("reservation_refused", "2 × FAN-9000")
    assert alarm.recipient_ids == (TEAM.id, DEPUTY.id)


async def test_a_store_that_does_not_answer_alarms_the_team_once(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    await escalation.advance(minutes=9)
    assert await escalation.said(AlarmRaised) == []
    await escalation.advance(minutes=2)
    await escalation.advance(hours=2)
    [alarm] = await get(escalation, "/v1/alarms")
    assert (alarm["reason"], alarm["about_id"], alarm["state"]) == ("parts_unanswered", call_up["id"], "raised")
    [waiting] = await get(escalation, "/v1/part-call-ups")
    assert (waiting["state"], waiting["unanswered_at"] is not None) == ("called_up", True)


async def test_a_late_answer_is_still_an_answer(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    await escalation.advance(minutes=11)
    await reserve(escalation, call_up)
    [noted] = await get(escalation, "/v1/part-call-ups")
    [alarm] = await get(escalation, "/v1/alarms")
    assert (noted["state"], alarm["state"]) == ("reserved", "stopped")


async def test_a_plan_calls_up_parts_of_its_own_incident(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident, other = await classified(escalation), await classified(escalation)
    activation = await authorised(escalation, incident, await in_force(escalation))
    call_up = await called_up(escalation, incident, activation_id=activation["id"])
    assert call_up["activation_id"] == activation["id"]
    for activation_id, of in ((activation["id"], other), (str(uuid7()), incident)):
        body = {"incident_id": str(of.incident_id), **FAN, "activation_id": activation_id}
        assert await refused(escalation, TEAM, "/v1/part-call-ups", body) == (404, "activation_not_found")
    assert len(await escalation.said(PartsCalledUp)) == 1


async def test_a_closed_incident_waits_for_no_part(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await called_up(escalation, incident)
    await close(escalation, incident)
    await escalation.advance(hours=1)
    assert await escalation.said(AlarmRaised) == []
    body = {"incident_id": str(incident.incident_id), **FAN}
    assert await refused(escalation, TEAM, "/v1/part-call-ups", body) == (409, "incident_closed")


async def test_engineers_and_the_desk_call_up_parts_and_others_do_not(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    body = {"incident_id": str(incident.incident_id), **FAN}
    for who in (ENGINEER, DESK):
        await post(escalation, who, "/v1/part-call-ups", body, 201)
    for who in (LEADER, NURSE):
        assert await refused(escalation, who, "/v1/part-call-ups", body) == (403, "forbidden")
    assert await refused(escalation, ANYBODY, "/v1/part-call-ups", body) == (401, "unauthenticated")


async def test_a_customers_people_see_their_own_call_ups_only(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    own = await called_up(escalation, await classified(escalation))
    await called_up(escalation, await classified(escalation, customer_id=BANK))
    assert [row["id"] for row in await get(escalation, "/v1/part-call-ups", HOSPITALS_OWN_LEADER)] == [own["id"]]
    assert own["id"] not in [row["id"] for row in await get(escalation, "/v1/part-call-ups", BANKS_OWN_LEADER)]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": "many"}, 422, "invalid_input"),
        ({"part_number": ""}, 422, "invalid_input"),
        ({"depot": "mine"}, 422, "invalid_input"),
        ({"incident_id": str(uuid7())}, 404, "incident_not_found"),
    ],
)
async def test_a_call_up_that_is_not_sound_is_not_written(
    one_service: OneService.Factory, change: dict[str, Any], status: int, code: str
) -> None:
    escalation = await opened(one_service)
    body = {"incident_id": str((await classified(escalation)).incident_id), **FAN} | change
    assert await refused(escalation, TEAM, "/v1/part-call-ups", body) == (status, code)
    assert await escalation.rows(text("SELECT 1 FROM escalation.part_call_ups")) == []
    assert await escalation.rows(text("SELECT 1 FROM escalation.timers")) == []
    assert await escalation.said(PartsCalledUp) == []


def given_free(kind: type[ReservationExpired | ReservationReleased], reserved: PartReserved) -> Any:
    fields = {"reservation_id", "incident_id", "customer_id", "part_number", "quantity"}
    released = {"released_by": ENGINEER.id, "released_at": reserved.promised_at}
    return kind.model_validate(reserved.model_dump(include=fields) | (released if kind is ReservationReleased else {}))


async def test_an_answer_locks_the_call_up_before_it_takes_the_timer_back(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    await takes_no_timer_before(escalation, "part_call_ups", UUID(call_up["id"]), reserve(escalation, call_up))
    assert (await get(escalation, "/v1/part-call-ups"))[0]["state"] == "reserved"


async def test_closing_locks_the_call_up_before_it_takes_the_timer_back(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    call_up = await called_up(escalation, incident)
    await takes_no_timer_before(escalation, "part_call_ups", UUID(call_up["id"]), close(escalation, incident))


async def test_a_reservation_nobody_fetched_in_time_alarms_the_team(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    call_up = await called_up(escalation, await classified(escalation))
    reserved = await reserve(escalation, call_up)
    await escalation.hear(given_free(ReservationExpired, reserved), sequence=2)
    [noted] = await get(escalation, "/v1/part-call-ups")
    assert (noted["state"], noted["version"]) == ("expired", call_up["version"] + 2)
    [alarm] = await escalation.said(AlarmRaised)
    assert (alarm.reason, alarm.detail) == ("reservation_expired", "2 × FAN-9000")
    assert alarm.recipient_ids == (TEAM.id, DEPUTY.id)


async def test_a_reservation_released_is_noted_and_alarms_nobody(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    reserved = await reserve(escalation, await called_up(escalation, await classified(escalation)))
    await escalation.hear(given_free(ReservationReleased, reserved), sequence=2)
    assert (await get(escalation, "/v1/part-call-ups"))[0]["state"] == "released"
    assert await escalation.said(AlarmRaised) == []


async def test_a_reservation_that_ends_after_its_incident_alarms_nobody(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    reserved = await reserve(escalation, await called_up(escalation, incident))
    await close(escalation, incident)
    await escalation.hear(given_free(ReservationExpired, reserved), sequence=2)
    assert (await get(escalation, "/v1/part-call-ups"))[0]["state"] == "expired"
    assert await escalation.said(AlarmRaised) == []
