"""What client systems may be told: which events, and what of them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from shared.bus import Envelope
from shared.errors import Unprocessable
from shared.events import REGISTRY, Event, History, Snapshot

TEST_TYPE = "notify.test.v1"


def _is_public(event: type[Event]) -> bool:
    """What carries a secret is for one person only; what the provider keeps to itself is for no customer."""
    of_customer = "customer_id" in event.model_fields and not event.internal
    ours = event.type.startswith("notify.")
    return of_customer and not ours and not event.secret and not issubclass(event, Snapshot | History)


PUBLIC_EVENTS = tuple(event for _, event in sorted(REGISTRY.items()) if _is_public(event))
PUBLIC_TYPES = tuple(event.type for event in PUBLIC_EVENTS)


class UnknownEventTypes(Unprocessable):
    code = "unknown_event_types"
    en = "There are no such event types: {unknown}."
    zh = "没有以下事件类型：{unknown}。"


def checked_types(event_types: Collection[str]) -> list[str]:
    """The types without repeats, in a fixed order. Raises UnknownEventTypes for what is not public."""
    unknown = sorted(set(event_types) - set(PUBLIC_TYPES))
    if unknown:
        raise UnknownEventTypes(unknown=unknown, allowed=list(PUBLIC_TYPES))
    return sorted(set(event_types))


def body_of(envelope: Envelope, event: Event) -> str:
    """The body of a call: the envelope with its public attributes, and the fields of the event's contract."""
    return body(
        id=envelope.id,
        type=envelope.type,
        time=envelope.time,
        subject=envelope.subject,
        customer=envelope.customerid,
        incident=event.correlation,
        data=event.model_dump(mode="json"),
    )


def body(**attributes: Any) -> str:
    return orjson.dumps(attributes, default=str, option=orjson.OPT_UTC_Z).decode()
