"""HTTP bodies about contracts and agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.contracts.customers.schemas import Name, Out
from shared.zones import FIRST_YEAR, LAST_YEAR

Day = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
WORKING_DAYS = 3660


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
    version: int


class TargetIn(BaseModel):
    """`amount` counts in `unit`; working units run on the agreement's calendar, seconds run 24x7.

    At most 366 days of seconds, or 3660 working days.
    """

    model_config = ConfigDict(extra="forbid")

    severity: Literal["general", "major", "disaster", "consultation"]
    kind: Literal["respond", "on_site", "resolve", "plan_requested", "plan_decided", "superior_told"]
    amount: int = Field(gt=0, le=366 * 86400)
    unit: Literal["seconds", "working_seconds", "working_days"]

    @model_validator(mode="after")
    def _few_days(self) -> Self:
        if self.unit == "working_days" and self.amount > WORKING_DAYS:
            raise ValueError(f"at most {WORKING_DAYS} working days")
        return self


class DraftAgreement(BaseModel):
    """Left out, targets are the default agreement's and the calendar is Chinese office hours."""

    model_config = ConfigDict(extra="forbid")

    targets: list[TargetIn] | None = Field(default=None, min_length=1, max_length=200)
    calendar: dict[str, Any] | None = None


class SignAgreement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    side: Literal["provider", "customer"]
    signed_by: Name


class AgreementOut(Out):
    id: UUID
    contract_id: UUID
    customer_id: UUID
    revision: int
    state: str
    calendar: dict[str, Any]
    targets: list[dict[str, Any]]
    provider_signed_by: str | None
    provider_signed_at: datetime | None
    customer_signed_by: str | None
    customer_signed_at: datetime | None
    version: int
