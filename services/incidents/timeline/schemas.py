"""HTTP bodies of the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class EntryOut(BaseModel):
    """One event about the incident: what it says in both languages, and its data as the publisher said it.

    `service` is the publisher; of a fact that another system recorded, that system.
    """

    model_config = ConfigDict(from_attributes=True)

    event_id: UUID
    type: str
    service: str
    at: datetime
    actor: str
    actor_name_zh: str | None
    actor_name_en: str | None
    sentence_zh: str
    sentence_en: str
    causation_id: UUID | None
    data: dict[str, Any]
