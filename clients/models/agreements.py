"""Contracts, agreements, their calendars, and what a change of them would do."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from clients.language import of_two
from clients.models.base import Answer, Named


class ContractYear(Answer):
    """How a year of the term is served, the first being 1."""

    year: int
    on_site: bool
    remote: bool
    text_zh: str = ""
    text_en: str = ""

    def text(self, language: str) -> str:
        return of_two(self.text_zh, self.text_en, language)


class Contract(Answer):
    """`starts_on` counts, `ends_on` does not."""

    id: UUID
    number: str
    customer_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None
    site_ids: tuple[UUID, ...] = ()
    asset_ids: tuple[UUID, ...] = ()
    item_codes: tuple[str, ...] = ()
    engineer_ids: tuple[UUID, ...] = ()
    years: tuple[ContractYear, ...] = ()


class CatalogueItem(Named):
    """An item of service that a contract may cover."""

    code: str


class EntitlementYear(Answer):
    year: int
    granted: float
    used: float
    left: float


class Entitlement(Answer):
    """What a contract grants of an item in each year of its term, and how much of that is left.

    `withdrawal`: why nothing counts against it any more.
    """

    item_code: str
    unit: str
    years: tuple[EntitlementYear, ...]
    withdrawal: str | None = None


class ContactList(Answer):
    """An issue of the contract's contact list; its document is at the address of its version."""

    version: int
    issued_at: datetime


Windows = tuple[tuple[str, str], ...]
"""The open times of a day, such as (("09:00", "12:00"), ("13:30", "18:00"))."""


class WorkCalendar(Answer):
    """The week from Monday, and the dates that differ from it."""

    zone: str
    week: tuple[Windows, ...] = ()
    exceptions: dict[str, Windows] = Field(default_factory=dict)

    def windows(self, day: date) -> Windows:
        """When it is open on this day."""
        return self.exceptions.get(day.isoformat(), self.week[day.weekday()])


class NamedCalendar(Named):
    """`provisional_years`: their public holidays are not announced yet."""

    id: UUID
    code: str | None = None
    data: WorkCalendar
    first_year: int | None = None
    last_year: int | None = None
    provisional_years: tuple[int, ...] = ()
    revision: int = 1
    version: int = 1


class Target(Answer):
    severity: str
    kind: str
    amount: int
    unit: str


class Agreement(Answer):
    """`state`: a draft is signed by both sides, and then in force until another version replaces it."""

    id: UUID
    contract_id: UUID | None = None
    revision: int
    state: str
    calendar: WorkCalendar
    calendar_id: UUID | None = None
    targets: tuple[Target, ...] = ()
    warning_percents: tuple[int, ...] = ()
    warn_before_seconds: tuple[int, ...] = ()
    pause_reasons: tuple[str, ...] = ()
    pause_cap_seconds: int | None = None
    close_after_days: int | None = None
    priorities: dict[str, dict[str, str]] | None = None
    applies_to_open: bool = False
    provisional_years: tuple[int, ...] = ()
    provider_signed_by: str | None = None
    provider_signed_at: datetime | None
    customer_signed_by: str | None = None
    customer_signed_at: datetime | None
    in_force_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    version: int = 1


class MovedClock(Answer):
    """A clock that would move, as it is and as it would be; without a state it is not promised any more.

    Without a due time it stands still, and no end of that is planned.
    """

    incident_id: UUID
    number: str
    kind: str
    state: str
    due_at: datetime | None
    new_state: str | None
    new_due_at: datetime | None


class AddedClock(Answer):
    """A clock that would begin: nothing is promised of its kind now."""

    incident_id: UUID
    number: str
    kind: str
    state: str
    due_at: datetime | None


class Foreseen(Answer):
    """What a change would do to `examined` open clocks; `next`: more of them follow, after this incident."""

    examined: int
    moved: tuple[MovedClock, ...]
    added: tuple[AddedClock, ...] = ()
    next: UUID | None
