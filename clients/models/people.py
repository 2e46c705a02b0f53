"""Who signs in, and with what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clients.models.base import Answer, Named


class Person(Named):
    id: UUID
    email: str
    roles: tuple[str, ...]
    customer_id: UUID | None
    locale: str
    active: bool = True
    version: int = 1


class Me(Named):
    """Who the caller is: a person, or a customer's system with a key."""

    kind: str
    id: UUID
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    customer_id: UUID | None
    locale: str | None


class Session(Answer):
    token: str
    expires_at: datetime


class Key(Answer):
    """`key` is told once, when it is made."""

    id: UUID
    name: str
    revoked_at: datetime | None
    key: str | None = None


class Webhook(Answer):
    """`secret` is told once, when the endpoint is added."""

    id: UUID
    url: str
    event_types: tuple[str, ...]
    secret: str | None = None
