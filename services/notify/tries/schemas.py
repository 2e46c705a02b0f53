"""HTTP bodies about tries."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class TryOut(BaseModel):
    """One try. `outcome` is null while it is under way, or when we were killed before we could note it down."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: datetime
    outcome: Literal["delivered", "refused", "try_later"] | None
    why: str | None
    status: int | None
    reply: str | None
