"""Whom a message is for, and what stands in the way of telling them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

DEFAULT_LOCALE = "zh-CN"
NO_ADDRESS = "no_address"
LEFT = "recipient_left"
UNKNOWN = "recipient_unknown"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of one message. `key` tells recipients apart ("person:<id>", "contact:<address>").

    `hindrance` says why the message cannot leave: `recipient_unknown` may pass once we hear of them, the others last.
    """

    key: str
    name: str
    address: str | None
    locale: str
    hindrance: str | None


def person_key(person_id: UUID) -> str:
    return f"person:{person_id}"


def department_key(department_id: UUID) -> str:
    return f"department:{department_id}"


def known(key: str, name: str, address: str | None, locale: str, *, active: bool = True) -> Recipient:
    """A recipient we know, who may have left or have no address."""
    hindrance = LEFT if not active else None if address else NO_ADDRESS
    return Recipient(key, name, address or None, locale, hindrance)


def unknown(key: str) -> Recipient:
    """Somebody a service named before we heard of them: their name, address and language are still to come."""
    return Recipient(key, "", None, DEFAULT_LOCALE, UNKNOWN)
