"""What notify says: messages and webhook calls that left, or that could not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class MessageSent(
    Event,
    type="notify.message_sent.v1",
    subject="message_id",
    en="E-mail to {recipient}: {title}",
    zh="已发邮件给 {recipient}：{title}",
):
    """A message was accepted by the receiving server."""

    message_id: UUID
    incident_id: UUID | None
    customer_id: UUID | None
    occasion: str
    channel: str
    recipient: str
    title: str
    sent_at: datetime


class MessageFailed(
    Event,
    type="notify.message_failed.v1",
    subject="message_id",
    en="E-mail to {recipient} could not be delivered: {reason}",
    zh="发给 {recipient} 的邮件无法送达：{reason}",
):
    """A message was given up, with the last reason."""

    message_id: UUID
    incident_id: UUID | None
    customer_id: UUID | None
    occasion: str
    channel: str
    recipient: str
    reason: str


class WatcherTold(
    Event,
    type="notify.watcher_told.v1",
    subject="message_id",
    internal=True,
    en="E-mail to {recipient}, who watches it: {title}",
    zh="已发邮件给关注人 {recipient}：{title}",
):
    """A message to somebody who watches the incident was accepted: who watches is not told to everybody."""

    message_id: UUID
    incident_id: UUID | None
    customer_id: UUID | None
    occasion: str
    channel: str
    recipient: str
    title: str
    sent_at: datetime


class WatcherNotTold(
    Event,
    type="notify.watcher_not_told.v1",
    subject="message_id",
    internal=True,
    en="E-mail to {recipient}, who watches it, could not be delivered: {reason}",
    zh="发给关注人 {recipient} 的邮件无法送达：{reason}",
):
    """A message to somebody who watches the incident was given up, with the last reason."""

    message_id: UUID
    incident_id: UUID | None
    customer_id: UUID | None
    occasion: str
    channel: str
    recipient: str
    reason: str


class WebhookDelivered(
    Event,
    type="notify.webhook_delivered.v1",
    subject="delivery_id",
    en="Webhook delivered: {event_type}",
    zh="Webhook 已送达：{event_type}",
):
    """A client system took a webhook call."""

    delivery_id: UUID
    endpoint_id: UUID
    incident_id: UUID | None
    customer_id: UUID
    event_type: str
    status: int
    delivered_at: datetime


class WebhookFailed(
    Event,
    type="notify.webhook_failed.v1",
    subject="delivery_id",
    en="Webhook given up: {event_type} ({reason})",
    zh="Webhook 已放弃：{event_type}（{reason}）",
):
    """A webhook call was given up after its last try."""

    delivery_id: UUID
    endpoint_id: UUID
    incident_id: UUID | None
    customer_id: UUID
    event_type: str
    reason: str
