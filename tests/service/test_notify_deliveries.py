"""Webhook calls: signed, each event once per endpoint, tried again for days, one slow receiver nobody's problem."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
import standardwebhooks
from uuid_utils.compat import uuid7

from clients.recorder import Answer, Recorder
from services.notify.claims import Claim
from services.notify.deliveries.actions import Call
from services.notify.loops import Deliveries
from services.notify.outcomes import Delivered, Outcome
from services.notify.webhooks.public import PUBLIC_EVENTS
from shared.db import AsyncSession
from shared.events.feedback import SurveySent
from shared.events.incidents import IncidentReported, IncidentResolved, VisitPlanned
from shared.events.notify import WebhookDelivered, WebhookFailed
from tests.builders.notify import (
    BANK,
    BANK_SYSTEM,
    DESK,
    HOSPITAL,
    HOSPITAL_SYSTEM,
    INCIDENT,
    LINK,
    a_webhook,
    get,
    happened,
    loop_of,
    opened,
)
from tests.harness import OneService


async def subscribed(notify: OneService, recorder: Recorder, hook: str, *event_types: str, **options: Any) -> Any:
    """A webhook to the recorder, which checks its signatures."""
    webhook = await a_webhook(notify, recorder.hook_url(hook), *event_types, **options)
    recorder.set_secret(hook, webhook["secret"])
    return webhook


async def deliveries_of(notify: OneService, webhook: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = await get(notify, f"/v1/webhooks/{webhook['id']}/deliveries", **options)
    return listed[::-1]


async def test_a_call_is_signed_and_says_what_happened(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital", IncidentReported.type)
    heard = await notify.hear(happened(IncidentReported))
    await notify.settle()
    [call] = recorder.calls("hospital")
    assert call.verified
    assert standardwebhooks.Webhook(webhook["secret"]).verify(call.body, dict(call.headers))
    assert call.headers["content-type"] == "application/json"
    body = orjson.loads(call.body)
    assert body["data"].pop("title") == "核心交换机故障"
    assert set(body["data"]) == set(IncidentReported.model_fields) - {"title"}
    assert {name: body[name] for name in body if name != "data"} == {
        "id": str(heard.id),
        "type": "incidents.incident_reported.v1",
        "time": heard.time.isoformat().replace("+00:00", "Z"),
        "subject": str(INCIDENT),
        "customer": str(HOSPITAL),
        "incident": str(INCIDENT),
    }
    [delivery] = await deliveries_of(notify, webhook)
    assert (delivery["id"], delivery["state"], delivery["tries"]) == (call.headers["webhook-id"], "delivered", 1)
    [said] = await notify.said(WebhookDelivered)
    assert (str(said.delivery_id), said.status, said.event_type) == (delivery["id"], 200, IncidentReported.type)
    assert (await get(notify, "/v1/webhooks"))[0]["last_delivered_at"] == delivery["delivered_at"]


async def test_an_endpoint_gets_its_own_customers_events_of_its_types_once_each(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital", IncidentReported.type)
    await subscribed(notify, recorder, "bank", IncidentReported.type, IncidentResolved.type, who=BANK_SYSTEM)
    event, event_id = happened(IncidentReported), uuid7()
    for _ in range(2):
        await notify.hear(event, event_id=event_id)
    await notify.hear(happened(IncidentResolved))
    await notify.hear(happened(IncidentResolved, customer_id=BANK, incident_id=uuid7()))
    await notify.settle()
    types = [(call.hook, orjson.loads(call.body)["type"]) for call in recorder.calls()]
    assert sorted(types) == [("bank", IncidentResolved.type), ("hospital", IncidentReported.type)]
    assert len(await get(notify, "/v1/deliveries", HOSPITAL_SYSTEM)) == 1
    assert len(await get(notify, "/v1/deliveries", DESK)) == 2
    assert len(await get(notify, "/v1/deliveries", DESK, incident_id=str(INCIDENT))) == 1


async def test_every_public_event_finds_its_way_and_the_link_of_a_survey_never(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital", *(event.type for event in PUBLIC_EVENTS))
    for event in PUBLIC_EVENTS:
        await notify.hear(happened(event))
    await notify.hear(happened(SurveySent))
    await notify.settle()
    assert Counter(orjson.loads(call.body)["type"] for call in recorder.calls()) == Counter(
        event.type for event in PUBLIC_EVENTS
    )
    assert not any(LINK.encode() in call.body for call in recorder.calls())


@pytest.mark.parametrize("circumstance", [{"drill": uuid7()}, {"historical": True}])
async def test_drills_and_history_are_told_to_no_client_system(
    one_service: OneService.Factory, recorder: Recorder, circumstance: dict[str, Any]
) -> None:
    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital")
    await notify.hear(happened(IncidentReported), **circumstance)
    await notify.settle()
    assert recorder.calls() == await get(notify, "/v1/deliveries") == []


async def test_a_failed_call_is_repeated_with_the_same_id_and_a_new_timestamp(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    recorder.set_answer("hospital", Answer(status=500, times=2))
    await notify.hear(happened(IncidentReported))
    await notify.advance(seconds=0)
    await notify.advance(seconds=10)
    await notify.advance(minutes=10)
    calls = recorder.calls("hospital")
    assert len(calls) == 3
    assert all(call.verified for call in calls)
    assert len({call.headers["webhook-id"] for call in calls}) == len({call.body for call in calls}) == 1
    assert len({call.headers["webhook-timestamp"] for call in calls}) == 3
    [delivery] = await deliveries_of(notify, webhook)
    assert (delivery["state"], delivery["tries"]) == ("delivered", 3)
    log = [(tried["outcome"], tried["why"], tried["status"]) for tried in delivery["log"]]
    assert log == [("try_later", "not_accepted", 500)] * 2 + [("delivered", None, 200)]


async def test_a_receiver_is_left_alone_for_as_long_as_it_asks(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital")
    recorder.set_answer("hospital", Answer(status=429, headers={"Retry-After": "7200"}, times=1))
    await notify.hear(happened(IncidentReported))
    await notify.settle()
    await notify.advance(minutes=119)
    assert len(recorder.calls()) == 1
    await notify.advance(hours=1)
    assert len(recorder.calls()) == 2


async def test_a_kill_between_receiver_and_record_repeats_the_same_call(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    class KilledBeforeTheRecord(Deliveries):
        async def record(self, session: AsyncSession, claim: Claim[Call], outcome: Outcome) -> None:
            raise asyncio.CancelledError

    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    await notify.hear(happened(IncidentReported))
    await loop_of(notify, KilledBeforeTheRecord).step()
    await notify.advance(seconds=10)
    assert len(recorder.calls()) == 1
    await notify.advance(minutes=1)
    calls = recorder.calls()
    assert (len(calls), len({call.headers["webhook-id"] for call in calls})) == (2, 1)
    [delivery] = await deliveries_of(notify, webhook)
    assert [tried["outcome"] for tried in delivery["log"]] == [None, "delivered"]
    assert len(await notify.said(WebhookDelivered)) == 1


async def test_an_endpoint_that_says_it_is_gone_is_disabled_at_once(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital")
    recorder.set_answer("hospital", Answer(status=410))
    await notify.hear(happened(IncidentReported))
    [failed] = await notify.said(WebhookFailed)
    assert (failed.reason, failed.event_type) == ("gone", IncidentReported.type)
    [webhook] = await get(notify, "/v1/webhooks")
    assert (webhook["disabled_why"], webhook["disabled_at"] is None) == ("gone", False)
    await notify.hear(happened(IncidentReported))
    await notify.settle()
    assert len(recorder.calls()) == len(await deliveries_of(notify, webhook)) == 1
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        test = await client.post(f"/v1/webhooks/{webhook['id']}/test", json={})
    assert (test.status_code, test.json()["code"], test.json()["why"]) == (409, "webhook_disabled", "gone")


async def test_an_endpoint_that_fails_for_days_is_disabled_with_what_waits_for_it(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    recorder.set_answer("hospital", Answer(status=503))
    await notify.hear(happened(IncidentReported))
    await notify.advance(days=2)
    await notify.hear(happened(IncidentReported))
    for _ in range(12):
        await notify.advance(hours=30)
    first, second = await deliveries_of(notify, webhook)
    assert (first["state"], first["why"], first["tries"]) == ("failed", "not_accepted", 10)
    assert (second["state"], second["why"]) == ("failed", "endpoint_disabled")
    assert (await get(notify, "/v1/webhooks"))[0]["disabled_why"] == "lasting_failure"
    assert len(await notify.said(WebhookFailed)) == 2


async def test_an_endpoint_that_takes_other_events_is_not_disabled_for_one_it_will_not(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    recorder.set_answer("hospital", Answer(status=500))
    await notify.hear(happened(IncidentReported))
    await notify.advance(hours=1)
    recorder.set_answer("hospital", Answer(status=200))

    class TakesAllButTheFirst(Deliveries):
        async def call(self, work: Call) -> Outcome:
            taken = work.webhook_id != first
            return Delivered(200) if taken else await super().call(work)

    first = (await deliveries_of(notify, webhook))[0]["id"]
    await notify.hear(happened(IncidentReported))
    await loop_of(notify, TakesAllButTheFirst).step()
    recorder.set_answer("hospital", Answer(status=500))
    for _ in range(12):
        await notify.advance(hours=30)
    assert [delivery["state"] for delivery in await deliveries_of(notify, webhook)] == ["failed", "delivered"]
    assert (await get(notify, "/v1/webhooks"))[0]["disabled_at"] is None


async def test_what_waits_for_a_removed_webhook_is_given_up_without_a_call(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    await notify.hear(happened(IncidentReported))
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        await client.delete(f"/v1/webhooks/{webhook['id']}")
    await notify.settle()
    [delivery] = await get(notify, "/v1/deliveries")
    assert (delivery["state"], delivery["why"], recorder.calls()) == ("failed", "endpoint_removed", [])


async def test_a_name_that_leads_to_a_private_address_is_not_called(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    webhook = await a_webhook(notify, "https://localhost/hook")
    await notify.hear(happened(IncidentReported))
    await notify.settle()
    [delivery] = await deliveries_of(notify, webhook)
    assert (delivery["state"], delivery["why"]) == ("failed", "receiver_address_denied")
    assert (await get(notify, "/v1/webhooks"))[0]["disabled_why"] == "receiver_address_denied"


async def test_a_test_call_goes_to_this_endpoint_only(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    webhook = await subscribed(notify, recorder, "hospital")
    await subscribed(notify, recorder, "other")
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        answer = await client.post(f"/v1/webhooks/{webhook['id']}/test", json={})
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    await notify.settle()
    [call] = recorder.calls()
    assert (call.hook, call.verified, call.headers["webhook-id"]) == ("hospital", True, answer.json()["id"])
    body = orjson.loads(call.body)
    assert (body["type"], body["subject"], body["customer"]) == ("notify.test.v1", webhook["id"], str(HOSPITAL))
    assert (body["incident"], body["data"]) == (None, {})


async def test_a_slow_endpoint_never_delays_another(one_service: OneService.Factory, recorder: Recorder) -> None:
    """The slow call ends only when the other endpoint was told of an event that came after it had begun."""
    slow_is_called, other_was_told = asyncio.Event(), asyncio.Event()

    class SlowHospital(Deliveries):
        async def call(self, work: Call) -> Outcome:
            if "hospital" in work.url:
                slow_is_called.set()
                await other_was_told.wait()
                return Delivered(200)
            outcome = await super().call(work)
            other_was_told.set()
            return outcome

    notify = await opened(one_service, recorder)
    await subscribed(notify, recorder, "hospital")
    await subscribed(notify, recorder, "bank", who=BANK_SYSTEM)
    await notify.hear(happened(IncidentReported))
    stepping = asyncio.create_task(loop_of(notify, SlowHospital).step())
    async with asyncio.timeout(60):
        await slow_is_called.wait()
        await notify.hear(happened(IncidentReported, customer_id=BANK, incident_id=uuid7()))
        assert await stepping == 2
    assert [call.hook for call in recorder.calls()] == ["bank"]
    assert len(await notify.said(WebhookDelivered)) == 2


async def test_an_endpoint_is_called_by_one_call_at_a_time_in_the_order_of_events(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    class Counting(Deliveries):
        under_way: ClassVar[Counter[str]] = Counter()
        most: ClassVar[Counter[str]] = Counter()

        async def call(self, work: Call) -> Outcome:
            for counted in (work.url, "all"):
                self.under_way[counted] += 1
                self.most[counted] = max(self.most[counted], self.under_way[counted])
            try:
                return await super().call(work)
            finally:
                self.under_way.subtract((work.url, "all"))

    notify = await opened(one_service, recorder)
    hooks = ("one", "two", "three")
    for hook in hooks:
        await subscribed(notify, recorder, hook, IncidentReported.type, VisitPlanned.type)
    told = [await notify.hear(happened(kind)) for kind in (IncidentReported, VisitPlanned) * 4]
    await loop_of(notify, Counting).step()
    assert {Counting.most[recorder.hook_url(hook)] for hook in hooks} == {1}
    assert 1 < Counting.most["all"] <= 3
    for hook in hooks:
        assert [UUID(orjson.loads(call.body)["id"]) for call in recorder.calls(hook)] == [e.id for e in told]
