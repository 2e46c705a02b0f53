"""HTTP bodies about parts called up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PartNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class CallUpParts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    incident_id: UUID
    part_number: PartNumber
    quantity: int = Field(ge=1, le=10_000)
    activation_id: UUID | None = None


class PartCallUpOut(BaseModel):
    """`refusal`: why the store cannot give the part; `promised_at`: when it is promised for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    activation_id: UUID | None
    part_number: str
    quantity: int
    site_id: UUID | None
    state: str
    called_up_by: UUID
    called_up_at: datetime
    unanswered_at: datetime | None
    answered_at: datetime | None
    reservation_id: UUID | None
    depot_name_zh: str | None
    depot_name_en: str | None
    promised_at: datetime | None
    refusal: str | None
    version: int
