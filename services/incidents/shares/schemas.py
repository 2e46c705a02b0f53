"""HTTP bodies about teams."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.incidents.incidents.schemas import Out


class SegmentOut(Out):
    """A stretch with one team, in whole seconds, every second begun counted. `counted_seconds`: what the promise to
    resolve counted of it; None without one.
    """

    team: str
    engineer_id: UUID | None
    from_at: datetime
    until_at: datetime
    seconds: int
    counted_seconds: int | None
