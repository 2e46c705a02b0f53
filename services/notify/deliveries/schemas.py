"""HTTP bodies about deliveries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.notify.tries.schemas import TryOut


class NoDetails(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeliveryOut(BaseModel):
    """A delivery; its id is the `webhook-id` of every try."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    incident_id: UUID | None
    created_at: datetime
    state: str
    why: str | None
    tries: int
    next_try_at: datetime | None
    delivered_at: datetime | None


class LoggedDeliveryOut(DeliveryOut):
    """A delivery with its log."""

    log: list[TryOut]
