"""HTTP bodies about webhook endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.notify.webhooks.public import PUBLIC_TYPES

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2048)]


class AddWebhook(BaseModel):
    """`customer_id` is for staff to say; a customer's own system enters its own endpoints."""

    model_config = ConfigDict(extra="forbid")

    customer_id: UUID | None = None
    url: Url
    event_types: list[str] = Field(min_length=1, max_length=200, examples=[list(PUBLIC_TYPES)])


class WebhookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    url: str
    event_types: list[str]
    created_at: datetime
    last_delivered_at: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None
    version: int


class AddedWebhookOut(WebhookOut):
    """`secret` is shown here and never again: calls are signed with it as Standard Webhooks says."""

    secret: str
