"""How much of an incident's time each team had. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.incidents.teams.domain import Holder
from shared import clocks


@dataclass(frozen=True)
class Share:
    """A stretch with one team: how long it was, and how much of it the promise to resolve counted; in whole seconds,
    every second begun counted.
    """

    team: str
    engineer_id: UUID | None
    from_at: datetime
    until_at: datetime
    seconds: int
    counted_seconds: int | None


def shares(holders: Sequence[Holder], end: datetime, resolve: clocks.Clock | None) -> list[Share]:
    """In the order of time; what is counted adds up to what the clock counted by `end` (None without a clock)."""
    found = []
    for holder, following in zip(holders, [*holders[1:], None], strict=True):
        from_at, until_at = min(holder.from_at, end), min(following.from_at if following else end, end)
        counted = None if resolve is None else _counted(resolve, until_at) - _counted(resolve, from_at)
        seconds = clocks.whole_seconds(until_at - from_at)
        found.append(Share(holder.team, holder.engineer_id, from_at, until_at, seconds, counted))
    return found


def _counted(clock: clocks.Clock, at: datetime) -> int:
    ended = clock.stopped_at or clock.cancelled_at
    return clocks.counted_seconds(replace(clock, stopped_at=None, cancelled_at=None), min(at, ended) if ended else at)
