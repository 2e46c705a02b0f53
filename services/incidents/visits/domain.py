"""States and moves of a visit. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Unprocessable
from shared.moves import Moves


class State(StrEnum):
    PLANNED = "planned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"


MOVES: Moves = {
    (State.PLANNED, "depart"): State.EN_ROUTE,
    (State.EN_ROUTE, "arrive"): State.ARRIVED,
    (State.ARRIVED, "complete"): State.DONE,
}
WITH_INCIDENT: Moves = {
    (State.PLANNED, "cancel"): State.CANCELLED,
    (State.EN_ROUTE, "cancel"): State.CANCELLED,
    (State.CANCELLED, "take_up"): State.PLANNED,
}
"""Moves that nobody makes: they follow when the incident is over, or taken up again. Who is on site completes."""
TO_COME = (State.PLANNED, State.EN_ROUTE)
SINCE_PLANNING = timedelta(minutes=5)
"""How far the planned time may lie back: whoever plans for now needs a moment to say so."""


class VisitInThePast(Unprocessable):
    code = "visit_in_the_past"
    en = "A visit is planned from now on; {planned_at} is over."
    zh = "上门只能安排在当前时间之后，{planned_at} 已过。"


def require_to_come(planned_at: datetime, now: datetime) -> None:
    """Raises VisitInThePast."""
    if planned_at < now - SINCE_PLANNING:
        raise VisitInThePast(planned_at=planned_at)
