"""Webhook endpoints: entered by a customer's own system, seen by that customer only, never on a private address."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from clients.recorder import Recorder
from services.notify.webhooks.actions import MOST_ENDPOINTS
from services.notify.webhooks.public import PUBLIC_TYPES
from shared.events.incidents import IncidentClosed, IncidentReported
from shared.permissions import Role
from tests.builders.notify import (
    ADMIN,
    BANK,
    BANK_SYSTEM,
    DESK,
    HOSPITAL,
    HOSPITAL_SYSTEM,
    a_webhook,
    get,
    opened,
)
from tests.harness import ANYBODY, OneService, principal

PUBLIC = "https://hooks.hospital.example/aftercare"
WANTED = [IncidentReported.type]
PRIVATE = ("10.1.2.3", "100.100.100.200", "2130706433", "[::1]")
"""Of a private network, a cloud's metadata, loopback as a number, loopback."""


async def refused(notify: OneService, body: dict[str, Any], who: Any = HOSPITAL_SYSTEM) -> tuple[int, dict[str, Any]]:
    async with notify.as_(who) as client:
        answer = await client.post("/v1/webhooks", json=body)
    problem: dict[str, Any] = answer.json()
    return answer.status_code, problem


async def test_the_secret_is_shown_once_and_not_even_kept_for_a_repeat(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    body = {"url": PUBLIC, "event_types": [IncidentReported.type, IncidentClosed.type, IncidentReported.type]}
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        first = await client.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "k1"})
    added = first.json()
    assert added["secret"].startswith("whsec_")
    assert (added["customer_id"], added["url"]) == (str(HOSPITAL), PUBLIC)
    assert added["event_types"] == sorted([IncidentReported.type, IncidentClosed.type])
    [listed] = await get(notify, "/v1/webhooks")
    assert listed == {name: value for name, value in added.items() if name != "secret"}
    evidence = await notify.rows(notify.runtime.service.metadata.tables["notify.audit"].select())
    assert added["secret"] not in repr(evidence)
    assert (await a_webhook(notify, PUBLIC))["secret"] != added["secret"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        *((f"https://{address}/hook", "receiver_address_denied") for address in PRIVATE),
        ("http://127.0.0.1:9/hook", "receiver_address_denied"),
        ("http://hooks.hospital.example/hook", "receiver_not_https"),
        ("https://hooks.hospital.example:22/hook", "receiver_port_denied"),
        ("https://user:password@hooks.hospital.example/hook", "receiver_url_not_valid"),
        ("ftp://hooks.hospital.example/hook", "receiver_url_not_valid"),
    ],
)
async def test_a_receiver_we_would_never_call_is_refused(
    one_service: OneService.Factory, recorder: Recorder, url: str, why: str
) -> None:
    notify = await opened(one_service, recorder)
    status, problem = await refused(notify, {"url": url, "event_types": WANTED})
    assert (status, problem["code"], problem["why"]) == (422, "receiver_refused", why)
    assert await notify.is_empty()


async def test_a_private_receiver_is_taken_where_the_operator_allows_it(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    assert (await a_webhook(notify, recorder.hook_url("hospital")))["url"] == recorder.hook_url("hospital")
    assert (await a_webhook(notify, f"http://localhost:{recorder.http_port}/hooks/hospital"))["disabled_at"] is None


async def test_events_that_are_not_public_cannot_be_asked_for(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    for event_type in ("feedback.survey_sent.v1", "notify.message_sent.v1", "gateway.person_changed.v1", "no.such.v1"):
        status, problem = await refused(notify, {"url": PUBLIC, "event_types": [event_type]})
        assert (status, problem["code"], problem["unknown"]) == (422, "unknown_event_types", [event_type])
        assert problem["allowed"] == list(PUBLIC_TYPES)
    for body in ({"url": PUBLIC, "event_types": []}, {"url": PUBLIC, "event_types": WANTED, "secret": "own"}):
        assert (await refused(notify, body))[1]["code"] == "invalid_input"
    assert await notify.is_empty()


async def test_staff_says_whose_webhook_it_is_and_a_customer_enters_its_own_only(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    body = {"url": PUBLIC, "event_types": WANTED}
    assert (await refused(notify, body, ADMIN))[1]["code"] == "customer_missing"
    assert (await a_webhook(notify, PUBLIC, who=ADMIN, customer_id=str(BANK)))["customer_id"] == str(BANK)
    status, problem = await refused(notify, body | {"customer_id": str(BANK)})
    assert (status, problem["code"]) == (404, "customer_not_found")


async def test_a_foreign_webhook_does_not_exist(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    own, foreign = await a_webhook(notify, PUBLIC), await a_webhook(notify, PUBLIC, who=BANK_SYSTEM)
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        answers = [
            await client.delete(f"/v1/webhooks/{foreign['id']}"),
            await client.post(f"/v1/webhooks/{foreign['id']}/test", json={}),
            await client.get(f"/v1/webhooks/{foreign['id']}/deliveries"),
            await client.delete(f"/v1/webhooks/{uuid4()}"),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "webhook_not_found")] * 4
    assert [webhook["id"] for webhook in await get(notify, "/v1/webhooks")] == [own["id"]]
    assert len(await get(notify, "/v1/webhooks", DESK)) == 2


async def test_a_removed_webhook_is_gone(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    webhook = await a_webhook(notify, PUBLIC)
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        statuses = [(await client.delete(f"/v1/webhooks/{webhook['id']}")).status_code for _ in range(2)]
    assert statuses == [204, 404]
    assert await get(notify, "/v1/webhooks") == []


async def test_a_customer_has_a_bounded_number_of_webhooks(one_service: OneService.Factory, recorder: Recorder) -> None:
    notify = await opened(one_service, recorder)
    for _ in range(MOST_ENDPOINTS):
        await a_webhook(notify, PUBLIC)
    status, problem = await refused(notify, {"url": PUBLIC, "event_types": WANTED})
    assert (status, problem["code"], problem["most"]) == (409, "too_many_webhooks", MOST_ENDPOINTS)
    assert await a_webhook(notify, PUBLIC, who=BANK_SYSTEM)


async def test_the_bound_holds_for_webhooks_entered_at_once(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    body = {"url": PUBLIC, "event_types": WANTED}
    async with notify.as_(HOSPITAL_SYSTEM) as client:
        asked = [client.post("/v1/webhooks", json=body) for _ in range(MOST_ENDPOINTS + 6)]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [201] * MOST_ENDPOINTS + [409] * 6


async def test_only_client_systems_and_administrators_enter_webhooks(
    one_service: OneService.Factory, recorder: Recorder
) -> None:
    notify = await opened(one_service, recorder)
    body = {"url": PUBLIC, "event_types": WANTED}
    for who, status in ((DESK, 403), (principal(Role.CUSTOMER_USER, customer_id=HOSPITAL), 403), (ANYBODY, 401)):
        assert (await refused(notify, body, who))[0] == status
    assert await notify.is_empty()
