"""What the public API answers, as far as our clients read it. Members that a client does not know are left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from clients.language import of_two


class Answer(BaseModel):
    """Base of all: what the platform said, unchanged since."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Named(Answer):
    """Something that has a name in each of our languages."""

    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        return of_two(self.name_zh, self.name_en, language)


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
    locale: str


class Customer(Named):
    customer_id: UUID
    active: bool


class Asset(Answer):
    id: UUID
    customer_id: UUID
    site_id: UUID
    name: str
    product: str
    model: str
    serial: str


class Session(Answer):
    token: str
    expires_at: datetime


class Clock(Answer):
    """One promise of an incident. Seconds are working time where the agreement counts in it."""

    kind: str
    state: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    counted_seconds: float
    remaining_seconds: float


class Incident(Answer):
    """An incident as this caller sees it; `allowed` are the moves open to them now."""

    id: UUID
    number: str
    title: str
    description: str
    state: str
    severity: str
    fault_class: str | None
    analysis: str | None
    solution: str | None
    channel: str
    customer_id: UUID
    customer_name_zh: str
    customer_name_en: str
    asset_id: UUID | None
    asset_name: str | None
    covered: bool
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    reported_at: datetime
    closed_at: datetime | None
    version: int
    clocks: tuple[Clock, ...]
    allowed: tuple[str, ...]

    def customer(self, language: str) -> str:
        return of_two(self.customer_name_zh, self.customer_name_en, language)


class Entry(Answer):
    """One line of an incident's timeline; `causation_id` is the event it came from."""

    event_id: UUID
    type: str
    service: str
    at: datetime
    actor: str
    actor_name_zh: str | None
    actor_name_en: str | None
    sentence_zh: str
    sentence_en: str
    causation_id: UUID | None
    data: dict[str, Any]

    def sentence(self, language: str) -> str:
        return of_two(self.sentence_zh, self.sentence_en, language)

    def who(self, language: str) -> str:
        """The person's name; what has none (a system) is its technical name."""
        return of_two(self.actor_name_zh or "", self.actor_name_en or "", language) or self.actor
