"""Entering webhook endpoints, taking them back, and disabling those that no longer answer."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.settings import Settings
from services.notify.webhooks import queries
from services.notify.webhooks.domain import new_secret
from services.notify.webhooks.models import Endpoint
from services.notify.webhooks.outgoing import refusal_of
from services.notify.webhooks.public import checked_types
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, check_version, context, settings_of
from shared.errors import Conflict, NotFound, Unprocessable

MOST_ENDPOINTS = 20


class CustomerMissing(Unprocessable):
    code = "customer_missing"
    en = "Say whose webhook this is (customer_id)."
    zh = "请说明此 Webhook 属于哪个客户（customer_id）。"


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    en = "There is no customer {customer_id}."
    zh = "没有客户 {customer_id}。"


class ReceiverRefused(Unprocessable):
    code = "receiver_refused"
    en = "We do not call this receiver: {why}."
    zh = "不能调用此接收地址：{why}。"


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    en = "A customer has at most {most} webhooks."
    zh = "每个客户最多可登记 {most} 个 Webhook。"


async def add_webhook(
    session: AsyncSession, *, by: Principal, customer_id: UUID | None, url: str, event_types: Collection[str]
) -> Endpoint:
    """Enter an endpoint with a new secret. A customer's own caller need not name the customer.

    Raises CustomerMissing, CustomerNotFound, UnknownEventTypes, ReceiverRefused, TooManyWebhooks.
    """
    customer = customer_id or by.customer_id
    if customer is None:
        raise CustomerMissing()
    if by.customer_id not in (None, customer):
        raise CustomerNotFound(customer_id=customer)
    wanted = checked_types(event_types)
    refusal = refusal_of(url, allowed=settings_of(session, Settings).allowed_receivers)
    if refusal is not None:
        raise ReceiverRefused(why=refusal.why)
    if await queries.endpoint_count(session, customer) >= MOST_ENDPOINTS:
        raise TooManyWebhooks(most=MOST_ENDPOINTS)
    now = context(session).now
    endpoint = Endpoint(customer_id=customer, url=url, event_types=wanted, secret=new_secret(), created_at=now)
    session.add(endpoint)
    await session.flush()
    note(session, endpoint.id, "add_webhook", after=as_record(endpoint, "url", "event_types"), customer_id=customer)
    return endpoint


async def remove_webhook(session: AsyncSession, *, webhook_id: UUID) -> None:
    """Call it no more; what still waits for it is given up when due. Raises WebhookNotFound, VersionMismatch."""
    endpoint = await queries.endpoint(session, webhook_id, lock=True)
    check_version(session, endpoint.version)
    endpoint.removed_at = context(session).now
    endpoint.version += 1
    after = as_record(endpoint, "removed_at")
    note(session, endpoint.id, "remove_webhook", after=after, customer_id=endpoint.customer_id)


def disable(session: AsyncSession, endpoint: Endpoint, why: str) -> None:
    """Call it no more, for the reason the owner sees; what waits for it is given up when due. `endpoint` is locked."""
    if endpoint.disabled_at is not None or endpoint.removed_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_why = context(session).now, why
    endpoint.version += 1
    after = as_record(endpoint, "disabled_at", "disabled_why")
    note(session, endpoint.id, "disable_webhook", after=after, customer_id=endpoint.customer_id)
