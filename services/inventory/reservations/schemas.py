"""HTTP bodies about reservations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class NoDetails(BaseModel):
    """A move that needs nothing said with it: `{}`."""

    model_config = ConfigDict(extra="forbid")


class ReservationOut(BaseModel):
    """`number` is the incident's. `promised_at`: by when the part comes; `expires_at`: until when it is held."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    call_up_id: UUID
    incident_id: UUID
    number: str
    part_id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    quantity: int
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    state: str
    reserved_at: datetime
    promised_at: datetime
    expires_at: datetime
    issued_at: datetime | None
    issued_by: UUID | None
    used_at: datetime | None
    used_by: UUID | None
    released_at: datetime | None
    released_by: UUID | None
    expired_at: datetime | None
    version: int
