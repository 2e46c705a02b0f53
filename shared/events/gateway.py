"""What the gateway says: who can sign in, and with what roles."""

from __future__ import annotations

from uuid import UUID

from shared.events._base import Snapshot


class PersonChanged(Snapshot, type="gateway.person_changed.v1", subject="person_id"):
    """The whole public record of a person: staff, or a user of one customer."""

    person_id: UUID
    name_zh: str
    name_en: str
    email: str
    phone: str
    locale: str
    roles: tuple[str, ...]
    customer_id: UUID | None
    active: bool
