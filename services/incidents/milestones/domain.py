"""From when promises run, by the facts that begin them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.incidents.clocks.domain import FROM_CLASSIFICATION, FROM_REPORT, Kind, Made, Wanted, aim
from services.incidents.copies.domain import Terms

OF_OCCASIONS = (Kind.PLAN_DECIDED, Kind.VENDOR, Kind.NEXT_UPDATE)
"""Promises of which an incident may have several: each runs for a request of a plan, an engagement, or an update."""


@dataclass(frozen=True)
class Occasion:
    """What a promise of such a kind runs for, whether an agreement makes that promise or not."""

    kind: str
    about_id: UUID
    from_at: datetime
    done_at: datetime | None
    noted_at: datetime


class Beginning(NamedTuple):
    """From when a promise of a kind runs, if one is made."""

    kind: str
    at: datetime
    about_id: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID | None]:
        return self.kind, self.about_id


def of_occasions(occasions: Iterable[Occasion]) -> list[Beginning]:
    """What they begin, in the order of time. Of the updates only the last one counts."""
    ordered = sorted(occasions, key=lambda occasion: occasion.from_at)
    updates = [occasion for occasion in ordered if occasion.kind == Kind.NEXT_UPDATE]
    counting = (occasion for occasion in ordered if occasion.kind != Kind.NEXT_UPDATE or occasion is updates[-1])
    return [Beginning(occasion.kind, occasion.from_at, occasion.about_id) for occasion in counting]


def beginnings(reported_at: datetime, classified_at: datetime | None, occasions: Iterable[Occasion]) -> list[Beginning]:
    """All that the facts begin. The next update is owed from the last one, or from the report."""
    later = of_occasions(occasions)
    told = {beginning.kind for beginning in later}
    first = [Beginning(kind, reported_at) for kind in FROM_REPORT if kind not in told]
    classified = [Beginning(kind, classified_at) for kind in FROM_CLASSIFICATION if classified_at]
    return [*first, *classified, *later]


def promised(
    begun: Iterable[Beginning], terms: Terms | None, severity: str, *, hits_key_business: bool
) -> list[Wanted]:
    """Those of the beginnings for which the agreement makes a promise."""
    aims = ((each, aim(terms, each.kind, severity, hits_key_business=hits_key_business)) for each in begun)
    return [Wanted(each.kind, each.at, aimed, each.about_id) for each, aimed in aims if aimed]


def added(
    begun_once: Iterable[Beginning],
    occasions: Collection[Occasion],
    *,
    kept: Collection[str],
    made: Collection[Made],
    taken_over_at: datetime | None,
    now: datetime,
) -> list[Beginning]:
    """What may be promised beyond what is: there is no clock for it, or it was given up, and it was not kept yet.

    It runs from what began it, the next update from now on; what was given up has its own start. Of an incident taken
    over, what began before that is for its record to tell: nobody is judged by what was promised afterwards.
    """
    had = {each.key for each in made if not each.is_given_up}
    once = [each for each in begun_once if each.kind not in kept and each.kind != Kind.NEXT_UPDATE]
    several = of_occasions(each for each in occasions if each.done_at is None and each.kind != Kind.NEXT_UPDATE)
    begun = [*once, *_next_update(occasions, made, now), *several]
    starts = {each.key: each.started_at for each in made if each.is_given_up}
    ours = [each for each in begun if taken_over_at is None or each.at >= taken_over_at or each.key in starts]
    return [each._replace(at=starts.get(each.key, each.at)) for each in ours if each.key not in had]


def _next_update(occasions: Iterable[Occasion], made: Iterable[Made], now: datetime) -> list[Beginning]:
    """It follows the last update, if there was one, unless one is owed already."""
    if any(each.is_open and each.kind == Kind.NEXT_UPDATE for each in made):
        return []
    last = of_occasions(each for each in occasions if each.kind == Kind.NEXT_UPDATE)
    return [Beginning(Kind.NEXT_UPDATE, now, last[0].about_id if last else None)]
