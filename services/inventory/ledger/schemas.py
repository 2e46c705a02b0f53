"""HTTP bodies about stock and movements."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PartNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Receive(BaseModel):
    model_config = ConfigDict(extra="forbid")

    part_number: PartNumber
    quantity: int = Field(gt=0, le=1_000_000)
    note: Note = ""


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class StockOut(Out):
    """`good` is free. `reserved` waits for its keeper, `issued` is with an engineer, `used` was built in."""

    id: UUID
    part_id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    region: str
    good: int
    reserved: int
    issued: int
    used: int


class MovementOut(Out):
    id: UUID
    booking: str
    part_id: UUID
    part_number: str
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    from_account: str
    to_account: str
    quantity: int
    booked_at: datetime
    actor: str
    reservation_id: UUID | None
    note: str
