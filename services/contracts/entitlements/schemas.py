"""HTTP bodies about entitlements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.customers.schemas import Code, Day, Out
from services.contracts.entitlements.domain import Unit, amount, counted, is_of_time
from services.contracts.term.domain import years_of
from shared.lengths import NUMBER

if TYPE_CHECKING:
    from services.contracts.agreements.models import Contract
    from services.contracts.entitlements.models import Entitlement, Use

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Amount = Annotated[float, NUMBER, Field(gt=0, le=100_000, allow_inf_nan=False)]


class Grant(BaseModel):
    """`granted`: so much in each year of the contract's term."""

    model_config = ConfigDict(extra="forbid")

    item_code: Code
    unit: Unit
    granted: Amount


class ChangeGrant(BaseModel):
    """`granted`: so much in each year from now on, but no less than was used in any."""

    model_config = ConfigDict(extra="forbid")

    granted: Amount


class WithdrawGrant(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class UseByHand(BaseModel):
    model_config = ConfigDict(extra="forbid")

    amount: Amount
    used_on: Day
    reason: Reason


class YearOut(Out):
    """One year of the term; `left` is below zero, and `overdrawn` true, when more was used than granted."""

    year: int
    granted: float
    used: float
    left: float
    overdrawn: bool


class EntitlementOut(Out):
    """`withdrawal`: why nothing counts against it any more."""

    id: UUID
    contract_id: UUID
    customer_id: UUID
    item_code: str
    unit: str
    years: list[YearOut]
    withdrawn_at: datetime | None
    withdrawal: str | None
    version: int

    @classmethod
    def of(cls, row: Entitlement, contract: Contract, used: Mapping[tuple[UUID, int], int]) -> EntitlementOut:
        years = range(1, years_of(contract.starts_on, contract.ends_on) + 1)
        sums = [counted(row.unit, year, row.granted, used.get((row.id, year), 0)) for year in years]
        return cls(
            id=row.id,
            contract_id=row.contract_id,
            customer_id=row.customer_id,
            item_code=row.item_code,
            unit=row.unit,
            years=[YearOut.model_validate(each) for each in sums],
            withdrawn_at=row.withdrawn_at,
            withdrawal=row.withdrawal,
            version=row.version,
        )


class UseOut(Out):
    """Of time that was spent, `reason` and `by` are told to who sees what is internal."""

    id: UUID
    entitlement_id: UUID
    year: int
    amount: float
    used_at: datetime
    reason: str | None
    by: str | None
    incident_id: UUID | None

    @classmethod
    def of(cls, use: Use, unit: str, *, sees_internal: bool) -> UseOut:
        is_told = sees_internal or not is_of_time(unit, use.source_event_id)
        return cls(
            id=use.id,
            entitlement_id=use.entitlement_id,
            year=use.year,
            amount=amount(unit, use.quantity),
            used_at=use.used_at,
            reason=use.reason if is_told else None,
            by=use.by if is_told else None,
            incident_id=use.incident_id,
        )
