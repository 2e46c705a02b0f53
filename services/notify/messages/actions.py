"""Writing messages when something happened, leasing those that are due, and noting down how each try ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.notify.claims import Claim, lease
from services.notify.messages import domain, queries
from services.notify.messages.domain import EMAIL, INTERNAL_OCCASIONS, MOVES, Rule, Whom
from services.notify.messages.models import Message
from services.notify.messages.outgoing import Mail
from services.notify.messages.rendering import rendered
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from services.notify.recipients import queries as recipients
from services.notify.recipients.domain import UNKNOWN, Recipient, person_key
from services.notify.settings import Settings
from services.notify.tries import actions as tries
from services.notify.watchers.queries import watchers_of
from shared.audit import note
from shared.bus import Envelope
from shared.db import as_record, because_of, context, settings_of
from shared.events import REGISTRY, Event
from shared.events.notify import MessageFailed, MessageSent, WatcherNotTold, WatcherTold
from shared.moves import moved
from shared.outbox import emit

WAKE = "mails"
FIRST = insert(Message).on_conflict_do_nothing().returning(Message)
"""A repeat of the same event writes nothing more."""


async def write_messages(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Write a message per rule and recipient of each event; a repeat writes none. Drills tell nobody."""
    rows: list[dict[str, Any]] = []
    for envelope in envelopes:
        if not envelope.drill:
            with because_of(session, envelope.id):
                rows += await _rows(session, envelope)
    if rows:
        await _write(session, rows)


async def _rows(session: AsyncSession, envelope: Envelope) -> list[dict[str, Any]]:
    event = REGISTRY[envelope.type].model_validate(envelope.data)
    return [
        _row(session, envelope, event, rule, recipient)
        for rule in domain.rules_for(event)
        for recipient in await _recipients(session, rule.to(event), envelope.actor)
    ]


async def _recipients(session: AsyncSession, whom: Whom, actor: str) -> list[Recipient]:
    if whom.directly:
        return [whom.directly]
    watching = await watchers_of(session, whom.watching) if whom.watching else []
    holding = await recipients.keys_in(session, whom.role) if whom.role else []
    keys = [*whom.keys, *map(person_key, watching), *holding]
    return await recipients.recipients(session, [key for key in keys if not (whom.but_actor and key == actor)])


async def _write(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """A recipient who has no address, or has left, gets a message that failed: it is seen, not dropped."""
    for message in await session.scalars(FIRST, rows):
        with because_of(session, message.event_id) as ctx:
            _note(session, message, "write_message", "occasion", "recipient", "address", "title", "state")
            ctx.wakes.add(WAKE)
            if message.state == "failed":
                _say_failed(session, message)


def _row(session: AsyncSession, envelope: Envelope, event: Event, rule: Rule, recipient: Recipient) -> dict[str, Any]:
    return {
        "customer_id": envelope.customerid,
        "event_id": envelope.id,
        "traceparent": context(session).traceparent,
        "incident_id": event.correlation,
        "occasion": rule.occasion,
        "urgent": rule.urgent,
        **_for_recipient(session, event, rule, recipient),
    }


def _for_recipient(session: AsyncSession, event: Event, rule: Rule, recipient: Recipient) -> dict[str, Any]:
    settings, now, message_id = settings_of(session, Settings), context(session).now, uuid7()
    values = {name: getattr(event, name) for name in type(event).model_fields}
    addressed = {"name": recipient.name, "locale": recipient.locale}
    title, text = rendered(rule.occasion, values, **addressed, zone=settings.time_zone)
    may_leave = recipient.hindrance in (None, UNKNOWN)
    return {
        "id": message_id,
        "channel": EMAIL,
        "recipient": recipient.key,
        "address": recipient.address,
        **addressed,
        "title": title,
        "text": text,
        "message_id": f"<{message_id}@{_domain(settings.smtp_sender)}>",
        "written_at": now,
        "state": "waiting" if may_leave else "failed",
        "why": recipient.hindrance,
        "tries": 0,
        "next_try_at": now if may_leave else None,
    }


async def claim_messages(session: AsyncSession, limit: int) -> list[Claim[Mail]]:
    """Lease messages that are due, and enter their tries."""
    settings, now = settings_of(session, Settings), context(session).now
    due = await queries.messages_due(session, now, limit)
    claims = []
    for message in due:
        message.tries += 1
        message.next_try_at = message.lease_until = now + lease(settings.smtp_seconds)
        work = await _work(session, message, settings)
        claims.append(_claim(message, work))
    await tries.begin_tries(session, [(claim.id, claim.customer_id, claim.number) for claim in claims])
    return claims


def _claim(message: Message, work: Mail | Refused | TryLater) -> Claim[Mail]:
    return Claim(
        id=message.id,
        customer_id=message.customer_id,
        incident_id=message.incident_id,
        event_id=message.event_id,
        traceparent=message.traceparent,
        number=message.tries,
        work=work,
    )


async def _work(session: AsyncSession, message: Message, settings: Settings) -> Mail | Refused | TryLater:
    """The mail, once we know where it goes: a recipient we had not heard of is looked up at each try."""
    if message.address is None:
        [recipient] = await recipients.recipients(session, [message.recipient])
        if recipient.hindrance == UNKNOWN:
            return TryLater(UNKNOWN)
        if recipient.address is None or recipient.hindrance:
            return Refused(recipient.hindrance or UNKNOWN)
        message.name, message.address = recipient.name, recipient.address
    return Mail(
        sender=settings.smtp_sender,
        recipient=message.address,
        subject=message.title,
        text=message.text,
        message_id=message.message_id,
        written_at=message.written_at,
        locale=message.locale,
        headers={"Importance": "high"} if message.urgent else {},
    )


async def record_try(session: AsyncSession, claim: Claim[Mail], outcome: Outcome) -> None:
    """Note down how a try ended: sent, failed for good, or to be tried again.

    The end of a try whose lease has run out counts only if the mail was taken: another try is under way.
    """
    await tries.end_try(session, claim.id, claim.number, outcome)
    message = await queries.locked_message(session, claim.id)
    if message.state != "waiting":
        return
    if isinstance(outcome, Delivered):
        _send(session, message)
    elif message.tries == claim.number:
        _put_off_or_fail(session, message, outcome)


def _send(session: AsyncSession, message: Message) -> None:
    now = context(session).now
    _move(message, "send", why=None)
    message.sent_at = now
    _note(session, message, "send_message", "state", "tries", "sent_at")
    kind = WatcherTold if message.occasion in INTERNAL_OCCASIONS else MessageSent
    emit(session, kind(**_facts(message), title=message.title, sent_at=now))


def _put_off_or_fail(session: AsyncSession, message: Message, outcome: Refused | TryLater) -> None:
    later = isinstance(outcome, TryLater)
    next_try_at = domain.next_try(message.tries, context(session).now) if later else None
    if next_try_at is not None:
        message.why, message.next_try_at, message.lease_until = outcome.why, next_try_at, None
        return
    _move(message, "fail", why=outcome.why)
    _note(session, message, "fail_message", "state", "why", "tries")
    _say_failed(session, message)


def _move(message: Message, move: str, *, why: str | None) -> None:
    message.state, message.why = moved(MOVES, message.state, move), why
    message.next_try_at = message.lease_until = None


def _say_failed(session: AsyncSession, message: Message) -> None:
    kind = WatcherNotTold if message.occasion in INTERNAL_OCCASIONS else MessageFailed
    emit(session, kind(**_facts(message), reason=message.why or ""), by_itself=True)


def _facts(message: Message) -> dict[str, Any]:
    """What every event about a message states. The timeline names the recipient, not the address."""
    return {
        "message_id": message.id,
        "incident_id": message.incident_id,
        "customer_id": message.customer_id,
        "occasion": message.occasion,
        "channel": message.channel,
        "recipient": message.name or message.recipient,
    }


@cache
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def _note(session: AsyncSession, message: Message, action: str, *fields: str) -> None:
    owner = {"of_nobody": True} if message.occasion in INTERNAL_OCCASIONS else {"customer_id": message.customer_id}
    note(session, message.id, action, after=as_record(message, *fields), **owner)
