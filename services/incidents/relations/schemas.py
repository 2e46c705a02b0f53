"""HTTP bodies about relations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.incidents.incidents.schemas import Body, Line, Out
from services.incidents.relations.queries import Related


class Relate(Body):
    """`reason`: what the two have to do with each other."""

    reason: Line


class RelatedOut(Out):
    """An incident that this one is related to. One that was merged names its target; the relation stays."""

    id: UUID
    number: str
    title: str
    state: str
    severity: str
    merged_into_id: UUID | None
    reason: str
    related_by: str
    related_at: datetime

    @classmethod
    def of(cls, related: Related) -> RelatedOut:
        of_it = {name: getattr(related.incident, name) for name in cls.model_fields if hasattr(related.incident, name)}
        said = {name: getattr(related, name) for name in ("state", "reason", "related_by", "related_at")}
        return cls.model_validate(of_it | said)
