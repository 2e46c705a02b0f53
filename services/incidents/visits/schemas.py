"""HTTP bodies about visits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.instant import Instant
from shared.service_items import DEFAULT, ServiceItem

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanVisit(Body):
    """`planned_at` is now or to come. `service_item`: what the visit is for; where the contract grants visits of it, it
    is counted against them.
    """

    engineer_id: UUID
    planned_at: Instant
    service_item: ServiceItem = DEFAULT


class Depart(Body):
    """Nothing to say."""


class Arrive(Body):
    """Nothing to say."""


class Complete(Body):
    """`signed_by`: who signed the service record for the customer."""

    service_record: Text
    signed_by: Line


class VisitOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    site_id: UUID | None
    engineer_id: UUID
    engineer_name: str
    state: str
    planned_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None = Field(description="When it ended with its incident, before anybody was on site.")
    service_record: str | None
    signed_by: str | None
    service_item: str
    version: int
