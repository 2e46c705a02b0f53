"""Who holds an incident. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Holder:
    """From when on which team held the incident, with which engineer."""

    from_at: datetime
    team: str
    engineer_id: UUID | None
