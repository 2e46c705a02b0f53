"""HTTP bodies about engagements."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class EngageParty(BaseModel):
    """With an address the party is written to; without one it was called."""

    model_config = ConfigDict(extra="forbid")

    incident_id: UUID
    party_name: Name
    party_email: EmailStr | None = None
    party_locale: Literal["zh-CN", "en"] = "zh-CN"
    note: Account | None = None


class EngagementOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    party_name: str
    party_email: str | None
    party_locale: str
    fault_class: str
    note: str | None
    state: str
    contacted_by: UUID
    contacted_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    version: int
