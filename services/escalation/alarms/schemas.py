"""HTTP bodies about alarms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AlarmOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    reason: str
    detail: str
    about_id: UUID
    recipient_ids: list[UUID]
    state: str
    raised_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    stopped_at: datetime | None
    version: int
