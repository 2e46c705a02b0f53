"""HTTP bodies about contracts and agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.contracts.calendars.domain import Unit
from services.contracts.customers.schemas import Day, Name, Out
from shared.lengths import NUMBER, WORKING_DAYS, Seconds, require_few_days
from shared.priorities import DEFAULT_PRIORITIES

Level = Literal["high", "medium", "low"]
Priority = Literal["critical", "high", "medium", "low"]
Percent = Annotated[int, NUMBER, Field(ge=1, le=99)]


class SignContract(BaseModel):
    """A new contract. `starts_on` counts, `ends_on` does not."""

    model_config = ConfigDict(extra="forbid")

    number: Name
    customer_id: UUID
    starts_on: Day
    ends_on: Day
    site_ids: list[UUID] = Field(default_factory=list, max_length=1000)
    asset_ids: list[UUID] = Field(default_factory=list, max_length=10000)


class ContractOut(Out):
    id: UUID
    number: str
    customer_id: UUID
    starts_on: date
    ends_on: date
    site_ids: list[UUID]
    asset_ids: list[UUID]
    item_codes: list[str]
    engineer_ids: list[UUID]
    years: list[dict[str, Any]]
    version: int


class TargetIn(BaseModel):
    """`amount` counts in `unit`; working units run on the agreement's calendar, seconds run 24x7.

    At most 366 days of seconds, or 3660 working days.
    """

    model_config = ConfigDict(extra="forbid")

    severity: Literal["general", "major", "disaster", "consultation"]
    kind: Literal[
        "respond", "on_site", "resolve", "plan_requested", "plan_decided", "superior_told", "next_update", "vendor"
    ]
    amount: Seconds
    unit: Unit

    @model_validator(mode="after")
    def _few_days(self) -> Self:
        require_few_days(self.amount, self.unit)
        return self


class ByUrgency(BaseModel):
    model_config = ConfigDict(extra="forbid")

    high: Priority
    medium: Priority
    low: Priority


class Priorities(BaseModel):
    """The priority of an incident by its impact, then its urgency."""

    model_config = ConfigDict(extra="forbid")

    high: ByUrgency
    medium: ByUrgency
    low: ByUrgency


class TermsIn(BaseModel):
    """Warnings: `warning_percents` of a promise's time, `warn_before_seconds` of counted time ahead of its end; none
    are the platform's own. Reasons for which an incident may wait, and how long in all (null: no cap).
    `close_after_days`: working days without an answer after which a solution counts as accepted (null: never).
    `applies_to_open`: this version also holds for incidents that are open when it comes into force.
    """

    model_config = ConfigDict(extra="forbid")

    applies_to_open: bool = False
    warning_percents: list[Percent] = Field(default_factory=list, max_length=10)
    warn_before_seconds: list[Seconds] = Field(default_factory=list, max_length=10)
    pause_reasons: list[Literal["waiting_for_customer", "site_closed", "agreed_window"]] = Field(
        default=["waiting_for_customer"], max_length=3
    )
    pause_cap_seconds: Seconds | None = None
    close_after_days: int | None = Field(default=5, ge=1, le=WORKING_DAYS)
    priorities: Priorities = Field(default_factory=lambda: Priorities.model_validate(DEFAULT_PRIORITIES))


class DraftAgreement(TermsIn):
    """Left out, targets are the default agreement's, and the calendar is Chinese office hours with the public holidays
    of the contract's years that are announced. A named calendar (`calendar_id`) is followed through its corrections.
    """

    targets: list[TargetIn] | None = Field(default=None, min_length=1, max_length=200)
    calendar_id: UUID | None = None
    calendar: dict[str, Any] | None = None


class SignAgreement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    side: Literal["provider", "customer"]
    signed_by: Name


class WithdrawAgreement(BaseModel):
    """Both sides withdraw a version: it promises nothing any more, from now on."""

    model_config = ConfigDict(extra="forbid")

    reason: Name
    provider_signed_by: Name
    customer_signed_by: Name


class AgreementOut(Out):
    """`provisional_years`: those of the term of which the calendar's public holidays are not announced yet."""

    id: UUID
    contract_id: UUID
    customer_id: UUID
    revision: int
    state: str
    calendar_id: UUID | None
    calendar: dict[str, Any]
    provisional_years: list[int]
    targets: list[dict[str, Any]]
    applies_to_open: bool
    warning_percents: list[int]
    warn_before_seconds: list[int]
    pause_reasons: list[str]
    pause_cap_seconds: int | None
    close_after_days: int | None
    priorities: dict[str, dict[str, str]]
    provider_signed_by: str | None
    provider_signed_at: datetime | None
    customer_signed_by: str | None
    customer_signed_at: datetime | None
    in_force_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    withdrawn_by_provider: str | None
    withdrawn_by_customer: str | None
    version: int
