"""HTTP bodies about time spent."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.incidents.incidents.schemas import Body, Line, Out, Text
from services.incidents.time_spent.domain import LONGEST_MINUTES, Work
from shared.service_items import DEFAULT, ServiceItem


class EnterTime(Body):
    """`service_item`: what was rendered; where the contract grants hours of it, they are counted against them."""

    work: Work
    minutes: int = Field(ge=1, le=LONGEST_MINUTES)
    spent_on: date
    note: Text | None = None
    service_item: ServiceItem = DEFAULT


class WithdrawTime(Body):
    reason: Line


class TimeEntryOut(Out):
    """`withdrawal`: why it does not count."""

    id: UUID
    incident_id: UUID
    contract_number: str | None
    person_id: UUID
    person_name: str
    work: Work
    minutes: int
    spent_on: date
    note: str | None
    entered_at: datetime
    withdrawn_at: datetime | None
    withdrawal: str | None
    service_item: str


class TotalOut(Out):
    person_id: UUID
    person_name: str
    work: Work
    minutes: int
