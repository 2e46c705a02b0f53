"""HTTP bodies about surveys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SurveyOut(BaseModel):
    """`rating` 1 to 5, `recommend` 0 to 10. The link is the contact's alone and is not shown."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID
    number: str
    title: str
    contact_name: str
    contact_email: str
    contact_locale: str
    template_version: int
    state: str
    reason: str | None
    sent_at: datetime | None
    reminded_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    rating: int | None
    recommend: int | None
    comment: str | None
    version: int
