"""From when promises run, by the facts that begin them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.incidents.clocks.domain import FROM_CLASSIFICATION, FROM_REPORT, Kind, Wanted, aim
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
    occasions: Iterable[Occasion],
    *,
    kept: Collection[str],
    known: Collection[tuple[str, UUID | None]],
    now: datetime,
) -> list[Beginning]:
    """What an amendment may promise beyond the version before: what there is no clock for, and was not kept yet.

    It runs from what began it; the next update is owed from now on.
    """
    made = {kind for kind, _ in known}.union(kept)
    once = [each for each in begun_once if each.kind not in made]
    several = of_occasions(each for each in occasions if each.done_at is None and each.kind != Kind.NEXT_UPDATE)
    return [
        *(each._replace(at=now) if each.kind == Kind.NEXT_UPDATE else each for each in once),
        *(each for each in several if (each.kind, each.about_id) not in known),
    ]
