"""HTTP bodies about messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from services.notify.messages.domain import SECRET_OCCASIONS
from services.notify.tries.schemas import TryOut


class MessageOut(BaseModel):
    """A message with its delivery log. `text` is null where it holds a secret link of the recipient."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    incident_id: UUID | None
    event_id: UUID
    occasion: str
    channel: str
    recipient: str
    name: str
    address: str | None
    locale: str
    title: str
    text: str | None
    urgent: bool
    message_id: str
    written_at: datetime
    state: str
    why: str | None
    tries: int
    next_try_at: datetime | None
    sent_at: datetime | None
    log: list[TryOut]

    @model_validator(mode="after")
    def _keep_secret(self) -> Any:
        if self.occasion in SECRET_OCCASIONS:
            self.text = None
        return self
