"""What was said to people, and what they answered."""

from __future__ import annotations

from uuid import UUID

from clients.models.base import Answer


class Survey(Answer):
    """`rating` is 1 to 5, once it is answered."""

    id: UUID
    state: str
    rating: int | None


class Message(Answer):
    id: UUID
    occasion: str
    recipient: str
    state: str


class Delivery(Answer):
    id: UUID
    event_type: str
    state: str
