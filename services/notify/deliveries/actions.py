"""Writing deliveries when something happened, leasing those that are due, and noting down how each call ended."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.notify.claims import Claim, lease
from services.notify.deliveries import domain, queries
from services.notify.deliveries.domain import MOVES
from services.notify.deliveries.models import Delivery
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from services.notify.settings import Settings
from services.notify.tries import actions as tries
from services.notify.webhooks import actions as webhooks
from services.notify.webhooks import queries as endpoints
from services.notify.webhooks.domain import delivery_headers, next_try
from services.notify.webhooks.public import TEST_TYPE, body, body_of
from shared.audit import note
from shared.bus import Envelope
from shared.db import as_record, because_of, context, settings_of
from shared.errors import Conflict
from shared.events import REGISTRY
from shared.events.notify import WebhookDelivered, WebhookFailed
from shared.moves import moved
from shared.outbox import emit

WAKE = "deliveries"
FIRST = insert(Delivery).on_conflict_do_nothing().returning(Delivery)
"""A repeat of the same event writes nothing more."""


class WebhookDisabled(Conflict):
    code = "webhook_disabled"
    en = "The webhook is disabled: {why}."
    zh = "该 Webhook 已停用：{why}。"


@dataclass(frozen=True, slots=True)
class Call:
    """All that one call needs. `tried_at` is the time the signature states."""

    url: str
    webhook_id: str
    secret: str
    tried_at: datetime
    body: bytes

    def headers(self) -> dict[str, str]:
        signed = delivery_headers([self.secret], self.webhook_id, self.tried_at, self.body)
        return signed | {"Content-Type": "application/json"}


async def write_deliveries(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Write a delivery to each of the customer's endpoints that wants such events. Drills and history tell nobody."""
    customer_id, told = envelopes[0].customerid, [envelope for envelope in envelopes if not envelope.drill]
    if customer_id is None or not told:
        return
    wanting = await endpoints.endpoints_for(session, customer_id, {envelope.type for envelope in told})
    rows: list[dict[str, Any]] = []
    for envelope in told:
        if envelope.type in wanting:
            with because_of(session, envelope.id):
                rows += _rows(session, wanting[envelope.type], _facts_of(envelope))
    for delivery in await _write(session, rows):
        with because_of(session, delivery.event_id):
            _note_written(session, delivery)


def _facts_of(envelope: Envelope) -> dict[str, Any]:
    event = REGISTRY[envelope.type].model_validate(envelope.data)
    facts = {"event_id": envelope.id, "event_type": envelope.type, "body": body_of(envelope, event)}
    return facts | {"customer_id": envelope.customerid, "incident_id": event.correlation}


async def send_test(session: AsyncSession, *, webhook_id: UUID) -> Delivery:
    """Call the endpoint with an event of its own type. Raises WebhookNotFound, WebhookDisabled."""
    endpoint, now, event_id = await endpoints.endpoint(session, webhook_id), context(session).now, uuid7()
    if endpoint.disabled_at is not None:
        raise WebhookDisabled(why=endpoint.disabled_why)
    customer = endpoint.customer_id
    about = {"subject": str(endpoint.id), "customer": customer, "incident": None, "data": {}}
    facts = {"event_id": event_id, "event_type": TEST_TYPE, "customer_id": customer, "incident_id": None}
    facts["body"] = body(id=event_id, type=TEST_TYPE, time=now, **about)
    [delivery] = await _write(session, _rows(session, [endpoint.id], facts))
    _note_written(session, delivery)
    note(session, endpoint.id, "test_webhook", after={"delivery_id": delivery.id}, customer_id=customer)
    return delivery


def _rows(session: AsyncSession, endpoint_ids: Iterable[UUID], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    ctx = context(session)
    begun = {"created_at": ctx.now, "next_try_at": ctx.now, "traceparent": ctx.traceparent}
    same = {**facts, "state": "waiting", "tries": 0, **begun}
    return [{"id": uuid7(), "endpoint_id": endpoint_id, **same} for endpoint_id in endpoint_ids]


async def _write(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> Sequence[Delivery]:
    return (await session.scalars(FIRST, rows)).all() if rows else []


def _note_written(session: AsyncSession, delivery: Delivery) -> None:
    _note(session, delivery, "write_delivery", "endpoint_id", "event_id", "event_type")
    context(session).wakes.add(WAKE)


async def claim_deliveries(session: AsyncSession, limit: int) -> list[Claim[Call]]:
    """Lease deliveries that are due, and enter their tries."""
    settings, now = settings_of(session, Settings), context(session).now
    due = await queries.deliveries_due(session, now, limit)
    endpoint_of = await endpoints.endpoints_by_id(session, {delivery.endpoint_id for delivery in due})
    claims = []
    for delivery in due:
        delivery.tries += 1
        delivery.next_try_at = delivery.lease_until = now + lease(settings.webhook_seconds)
        claims.append(_claim(delivery, _work(delivery, endpoint_of[delivery.endpoint_id], now)))
    await tries.begin_tries(session, [(claim.id, claim.customer_id, claim.number) for claim in claims])
    return claims


def _claim(delivery: Delivery, work: Call | Refused) -> Claim[Call]:
    return Claim(
        id=delivery.id,
        customer_id=delivery.customer_id,
        incident_id=delivery.incident_id,
        event_id=delivery.event_id,
        traceparent=delivery.traceparent,
        number=delivery.tries,
        work=work,
    )


def _work(delivery: Delivery, endpoint: Any, now: datetime) -> Call | Refused:
    """The call, unless the endpoint is not to be called any more."""
    if endpoint.removed_at is not None:
        return Refused(domain.REMOVED)
    if endpoint.disabled_at is not None:
        return Refused(domain.DISABLED)
    return Call(endpoint.url, str(delivery.id), endpoint.secret, now, delivery.body.encode())


async def record_call(session: AsyncSession, claim: Claim[Call], outcome: Outcome) -> None:
    """Note down how a call ended: delivered, given up, or to be tried again.

    The end of a try whose lease has run out counts only if the call was taken: another try is under way.
    """
    await tries.end_try(session, claim.id, claim.number, outcome)
    delivery = await queries.locked_delivery(session, claim.id)
    if delivery.state != "waiting":
        return
    if isinstance(outcome, Delivered):
        await _deliver(session, delivery, outcome.status)
    elif delivery.tries == claim.number:
        await _put_off_or_give_up(session, delivery, outcome)


async def _deliver(session: AsyncSession, delivery: Delivery, status: int) -> None:
    endpoint, now = await endpoints.locked_endpoint(session, delivery.endpoint_id), context(session).now
    endpoint.last_delivered_at = delivery.delivered_at = now
    _move(delivery, "deliver", why=None)
    _note(session, delivery, "deliver", "state", "tries", "delivered_at")
    emit(session, WebhookDelivered(**_facts(delivery), status=status, delivered_at=now))


async def _put_off_or_give_up(session: AsyncSession, delivery: Delivery, outcome: Refused | TryLater) -> None:
    next_try_at = None
    if isinstance(outcome, TryLater):
        now = context(session).now
        next_try_at = next_try(delivery.tries, now, random.random, outcome.retry_after)
    if next_try_at is not None:
        delivery.why, delivery.next_try_at, delivery.lease_until = outcome.why, next_try_at, None
        return
    _move(delivery, "give_up", why=outcome.why)
    _note(session, delivery, "give_up_delivery", "state", "why", "tries")
    emit(session, WebhookFailed(**_facts(delivery), reason=outcome.why))
    endpoint = await endpoints.locked_endpoint(session, delivery.endpoint_id)
    if isinstance(outcome, Refused):
        webhooks.disable(session, endpoint, outcome.why)
    elif domain.has_failed_lastingly(delivery.created_at, endpoint.last_delivered_at):
        webhooks.disable(session, endpoint, domain.LASTING_FAILURE)


def _move(delivery: Delivery, move: str, *, why: str | None) -> None:
    delivery.state, delivery.why = moved(MOVES, delivery.state, move), why
    delivery.next_try_at = delivery.lease_until = None


def _facts(delivery: Delivery) -> dict[str, Any]:
    """What every event about a delivery states."""
    return {
        "delivery_id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "incident_id": delivery.incident_id,
        "customer_id": delivery.customer_id,
        "event_type": delivery.event_type,
    }


def _note(session: AsyncSession, delivery: Delivery, action: str, *fields: str) -> None:
    note(session, delivery.id, action, after=as_record(delivery, *fields), customer_id=delivery.customer_id)
