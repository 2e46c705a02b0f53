"""What the public API answers, as far as our clients read it. Members that a client does not know are left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from clients.language import of_two

CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")})
"""Characters that are no text: a terminal would obey them, whoever wrote them."""


class Answer(BaseModel):
    """Base of all: what the platform said, unchanged since, and readable: without control characters."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, said: Any) -> Any:
        return _without_controls(said)


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
    locale: str | None


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
    """One promise of an incident, in counted seconds; fewer than none remain when it is broken."""

    kind: str
    state: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    counted_seconds: int
    remaining_seconds: int
    target_seconds: int


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
    customer_name_zh: str | None
    customer_name_en: str | None
    asset_id: UUID | None
    asset_name: str | None
    engineer_name_zh: str | None
    engineer_name_en: str | None
    covered: bool
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    reported_at: datetime
    resolved_at: datetime | None = None
    closed_at: datetime | None
    source: str | None = None
    source_number: str | None = None
    version: int
    clocks: tuple[Clock, ...]
    allowed: tuple[str, ...]

    def customer(self, language: str) -> str:
        return of_two(self.customer_name_zh, self.customer_name_en, language)

    @property
    def taken_over(self) -> str | None:
        """The system it was taken over from, and its number there."""
        return f"{self.source} {self.source_number}" if self.source else None

    def engineer(self, language: str) -> str:
        return of_two(self.engineer_name_zh, self.engineer_name_en, language)


class HistoryResult(Answer):
    """What became of one incident of another system: `outcome` is imported, unchanged or refused, `detail` says why."""

    source_number: str
    outcome: str
    covered: bool | None = None
    code: str | None = None
    detail: str | None = None


class HistoryResults(Answer):
    """One for each incident of the request, in its order."""

    results: tuple[HistoryResult, ...]


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
        return of_two(self.actor_name_zh, self.actor_name_en, language) or self.actor


class Site(Named):
    id: UUID
    address: str
    region: str


class Department(Named):
    id: UUID
    email: str
    locale: str


class KeyBusiness(Named):
    id: UUID
    department_id: UUID
    asset_ids: tuple[UUID, ...]


class Contract(Answer):
    id: UUID
    number: str
    customer_id: UUID


class WorkCalendar(Answer):
    zone: str


class Agreement(Answer):
    """`state`: a draft is signed by both sides, and then in force until another version replaces it."""

    id: UUID
    revision: int
    state: str
    calendar: WorkCalendar
    provider_signed_at: datetime | None
    customer_signed_at: datetime | None


class EmergencyOrganisation(Answer):
    team_ids: tuple[UUID, ...]
    leader_ids: tuple[UUID, ...]
    quorum: int
    superior_ids: tuple[UUID, ...]


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


class Plan(Named):
    id: UUID
    customer_id: UUID
    state: str


class Emergency(Answer):
    id: UUID
    state: str
    leader_ids: tuple[UUID, ...]
    leaders_told_at: datetime | None
    superior_informed_at: datetime | None


class Step(Answer):
    id: UUID
    position: int
    title_zh: str
    title_en: str
    measure: str
    state: str

    def title(self, language: str) -> str:
        return of_two(self.title_zh, self.title_en, language)


class Activation(Answer):
    """There are no steps before the plan is authorised."""

    id: UUID
    state: str
    plan_name_zh: str
    plan_name_en: str
    steps: tuple[Step, ...]

    def plan(self, language: str) -> str:
        return of_two(self.plan_name_zh, self.plan_name_en, language)


class Engagement(Answer):
    id: UUID
    party_name: str
    state: str


class PartCallUp(Answer):
    id: UUID
    part_number: str
    quantity: int
    state: str
    refusal: str | None


class Part(Named):
    id: UUID
    part_number: str


class Depot(Named):
    id: UUID
    keeper_id: UUID


class Stock(Answer):
    """`good` is what is free of a part at a depot."""

    part_number: str
    depot_id: UUID
    good: int


class Movement(Answer):
    id: UUID
    quantity: int


class Reservation(Answer):
    id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    quantity: int
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    state: str

    def part(self, language: str) -> str:
        return of_two(self.part_name_zh, self.part_name_en, language)

    def depot(self, language: str) -> str:
        return of_two(self.depot_name_zh, self.depot_name_en, language)


class Visit(Answer):
    id: UUID
    state: str


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


def _without_controls(said: Any) -> Any:
    if isinstance(said, str):
        return said.translate(CONTROLS)
    if isinstance(said, dict):
        return {name: _without_controls(value) for name, value in said.items()}
    return [_without_controls(value) for value in said] if isinstance(said, list) else said
