"""The envelope: CloudEvents 1.0 in its JSON form, with our extension attributes. Knows nothing of the event classes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

DRILL_PREFIX = "drill."


class Envelope(BaseModel):
    """One event on its way. Attribute names are CloudEvents': lower case, no separators.

    `sequence` counts the events of a subject from 1 without gaps at the publisher. `customerid` is empty for facts of
    the provider. `drill` names the drill the event belongs to; such an event is routed apart from real ones.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    traceparent: str | None = None
    customerid: UUID | None = None
    actor: str
    drill: UUID | None = None
    historical: bool = False
    sequence: int
    correlationid: UUID
    causationid: UUID | None = None
    data: dict[str, Any]

    @property
    def routing_key(self) -> str:
        return f"{DRILL_PREFIX}{self.type}" if self.drill else self.type

    @property
    def publisher(self) -> str:
        return self.type.split(".", 1)[0]
