"""Incidents, their promises and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from clients.language import of_two
from clients.models.base import Answer


class Clock(Answer):
    """One promise of an incident, in counted seconds; fewer than none remain when it is broken.

    `due_at`: none while it stands still and no end of that is planned.
    """

    clock_id: UUID | None = None
    kind: str
    about_id: UUID | None = None
    state: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    counted_seconds: int
    remaining_seconds: int
    target_seconds: int


class Interval(Answer):
    """A stretch of a clock's life, counted or why not; `seconds` to the microsecond."""

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str
    seconds: float


class AccountedClock(Clock):
    """A promise with the account of every second."""

    account: tuple[Interval, ...]


class Line(Interval):
    """An interval told in words; `so_far_seconds` had counted by its end."""

    so_far_seconds: float
    text_zh: str
    text_en: str

    def text(self, language: str) -> str:
        return of_two(self.text_zh, self.text_en, language)


class Explanation(Clock):
    """How the time of a promise came to be counted; `counted_seconds` is the sum of what counts, rounded up."""

    zone: str
    amount: int
    unit: str
    provisional_years: tuple[int, ...]
    lines: tuple[Line, ...]
    summary_zh: str
    summary_en: str

    def summary(self, language: str) -> str:
        return of_two(self.summary_zh, self.summary_en, language)


class MoveState(Answer):
    """A move, and what keeps this caller from making it now."""

    move: str
    why_not: str | None


class RelatedIncident(Answer):
    """One that has to do with the incident, and why; a merged one names its target."""

    id: UUID
    number: str
    title: str
    state: str
    severity: str
    merged_into_id: UUID | None
    reason: str
    related_by: str
    related_at: datetime


class Pause(Answer):
    """A stretch of the incident's time that does not count; a struck one counts after all."""

    id: UUID
    reason: str
    from_at: datetime
    until_at: datetime | None
    planned_until_at: datetime | None
    author: str
    evidence: str | None
    dispute: str | None
    disputed_at: datetime | None
    settlement: str | None
    settled_at: datetime | None
    struck_at: datetime | None


class Incident(Answer):
    """An incident as this caller sees it; `allowed` are the moves open to them now."""

    id: UUID
    number: str
    title: str
    description: str
    state: str
    severity: str
    impact: str = "medium"
    urgency: str = "medium"
    priority: str = "medium"
    team: str | None = None
    cover: str | None = None
    fault_class: str | None
    analysis: str | None
    solution: str | None
    channel: str
    customer_id: UUID
    customer_name_zh: str | None
    customer_name_en: str | None
    asset_id: UUID | None
    asset_name: str | None
    engineer_id: UUID | None = None
    engineer_name_zh: str | None
    engineer_name_en: str | None
    covered: bool
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    reported_at: datetime
    registered_at: datetime | None = None
    resolved_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None
    cancelled_at: datetime | None = None
    merged_into_id: UUID | None = None
    parent_id: UUID | None = None
    agreement_id: UUID | None = None
    source: str | None = None
    source_number: str | None = None
    version: int
    clocks: tuple[Clock, ...]
    allowed: tuple[str, ...]
    moves: tuple[MoveState, ...] = ()

    def customer(self, language: str) -> str:
        return of_two(self.customer_name_zh, self.customer_name_en, language)

    @property
    def taken_over(self) -> str | None:
        """The system it was taken over from, and its number there."""
        return f"{self.source} {self.source_number}" if self.source else None

    def engineer(self, language: str) -> str:
        return of_two(self.engineer_name_zh, self.engineer_name_en, language)


class HistoryResult(Answer):
    """What became of one incident of another system: `outcome` is imported, unchanged or refused, `detail` says why.

    `clocks`: by kind, how each promise was judged.
    """

    source_number: str
    outcome: str
    covered: bool | None = None
    clocks: dict[str, str] = Field(default_factory=dict)
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


class Visit(Answer):
    id: UUID
    state: str
