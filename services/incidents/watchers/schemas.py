"""HTTP bodies about watchers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.incidents.incidents.schemas import Out


class WatcherOut(Out):
    person_id: UUID
    name_zh: str | None
    name_en: str | None
    since: datetime
