"""What may be decided where no agreement covers an incident. Pure."""

from __future__ import annotations

from services.incidents.incidents.domain import Cover
from shared.errors import Conflict


class IncidentCovered(Conflict):
    code = "incident_covered"
    en = "The incident is covered by an agreement; there is nothing to decide."
    zh = "该事件在合同范围内，无需决定。"


class CoverAlreadyDecided(Conflict):
    code = "cover_already_decided"
    en = "It was decided already what is done about this incident."
    zh = "对该事件的处理已作出决定。"


def require_undecided(cover: str | None) -> None:
    """Raises IncidentCovered, CoverAlreadyDecided."""
    if cover is None:
        raise IncidentCovered()
    if cover != Cover.UNDECIDED:
        raise CoverAlreadyDecided()
