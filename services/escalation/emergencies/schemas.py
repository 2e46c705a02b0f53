"""HTTP bodies about emergencies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class EmergencyOut(BaseModel):
    """`leader_ids` and `superior_ids` are those who were told."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    title: str
    severity: str
    fault_class: str
    analysis: str
    key_business_ids: list[UUID]
    state: str
    leader_ids: list[UUID]
    leaders_told_at: datetime | None
    superior_ids: list[UUID]
    superior_informed_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
