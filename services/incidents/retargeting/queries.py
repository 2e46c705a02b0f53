"""What would move if an agreement were another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain
from services.incidents.clocks.queries import open_clocks
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Terms
from services.incidents.incidents.queries import concerned_incidents
from services.incidents.milestones.domain import promised
from services.incidents.milestones.queries import added_promises
from services.incidents.pauses.domain import Stretch, as_planned, replanned
from services.incidents.pauses.queries import open_pauses, stretches_of
from services.incidents.retargeting.domain import AgreementNotFound, Effect, effect, proposed
from services.incidents.waiting.domain import allowance
from shared import clocks
from shared.db import context

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident

EXAMINED = 500
"""Incidents per answer."""


@dataclass(frozen=True)
class Moved:
    """A clock that would move; without a new state where nothing would be promised any more."""

    incident_id: UUID
    number: str
    kind: str
    about_id: UUID | None
    state: str
    due_at: datetime | None
    new_state: str | None
    new_due_at: datetime | None


@dataclass(frozen=True)
class Added:
    """A clock that would begin, as it would stand now."""

    incident_id: UUID
    number: str
    kind: str
    about_id: UUID | None
    state: str
    due_at: datetime | None


@dataclass(frozen=True)
class Foreseen:
    examined: int
    moved: list[Moved]
    added: list[Added]
    next: UUID | None


async def foreseen(
    session: AsyncSession,
    *,
    agreement_id: UUID,
    changes: Mapping[str, Any],
    replaces: bool,
    after: UUID | None,
) -> Foreseen:
    """Which open clocks would move or end, and which would begin; `changes`: of the calendar, targets, or limits.

    Raises AgreementNotFound, InvalidCalendar, TargetRepeated.
    """
    covering = await copies.covering(session, agreement_id)
    if covering is None:
        raise AgreementNotFound(agreement_id=agreement_id)
    terms = replace(proposed(covering.terms, **changes), applies_to_open=replaces, in_force=replaces)
    concerned = await concerned_incidents(session, replace(covering, terms=terms), after, EXAMINED, locked=False)
    followed = [each for each in concerned if _is_followed(terms, each)]
    stretches = await stretches_of(session, [each.id for each in followed])
    then = stretches | await _replanned(session, stretches, terms)
    examined, moved = await _moved(session, followed, terms, stretches, then)
    is_amended = replaces or bool(changes.keys() - {"calendar"})
    added = await _added(session, followed, terms, then) if is_amended else []
    return Foreseen(examined, moved, added, concerned[-1].id if len(concerned) == EXAMINED else None)


def _is_followed(terms: Terms, incident: Incident) -> bool:
    what = effect(terms, agreement_id=incident.agreement_id, cover=incident.cover, reported_at=incident.reported_at)
    return what in (Effect.FOLLOW, Effect.REPLACE)


async def _replanned(
    session: AsyncSession, stretches: Mapping[UUID, Sequence[Stretch]], terms: Terms
) -> dict[UUID, tuple[Stretch, ...]]:
    """Of the incidents that wait, what would not count if they waited under these terms."""
    now, allowed = context(session).now, allowance(terms)
    return {
        pause.incident_id: replanned(stretches[pause.incident_id], allowed, pause.asked_until_at, now)
        for pause in await open_pauses(session, stretches)
        if pause.ended_at(now) is None
    }


async def _moved(
    session: AsyncSession,
    followed: Sequence[Incident],
    terms: Terms,
    stretches: Mapping[UUID, Sequence[Stretch]],
    then: Mapping[UUID, Sequence[Stretch]],
) -> tuple[int, list[Moved]]:
    """How many clocks are open, and those that would be aimed otherwise, or stand still until another end."""
    by_id, now = {each.id: each for each in followed}, context(session).now
    clocks_open = await open_clocks(session, by_id)
    found = []
    for clock in clocks_open:
        incident = by_id[clock.incident_id]
        hit = bool(incident.key_business_ids)
        aimed = domain.aim(terms, clock.kind, incident.severity, hits_key_business=hit)
        before, after = stretches[incident.id], then[incident.id]
        if aimed != clock.aim or domain.pauses_of(clock.kind, as_planned(before)) != domain.pauses_of(
            clock.kind, as_planned(after)
        ):
            found.append(_moved_one(incident, clock.reading(before, now), aimed, after))
    return len(clocks_open), found


def _moved_one(incident: Incident, present: domain.Reading, aimed: domain.Aim | None, then: Sequence[Stretch]) -> Moved:
    """What is broken by now stays so where nothing is promised any more."""
    new_state, new_due_at = ("breached", present.due_at) if present.state == "breached" else (None, None)
    if aimed is not None and domain.can_break(clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)):
        promise = clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)
        new_state, new_due_at = _stands(promise, then, present.at)
    return Moved(
        incident_id=incident.id,
        number=incident.number,
        kind=present.kind,
        about_id=present.about_id,
        state=present.state,
        due_at=present.due_at,
        new_state=new_state,
        new_due_at=new_due_at,
    )


def _stands(promise: clocks.Clock, stretches: Sequence[Stretch], now: datetime) -> tuple[str, datetime | None]:
    """Its state and when it would be due, if this was what did not count."""
    now_paused, planned = (
        replace(promise, pauses=domain.pauses_of(promise.kind, each)) for each in (stretches, as_planned(stretches))
    )
    return clocks.state(now_paused, now).value, domain.due_at(planned, now)


async def _added(
    session: AsyncSession, followed: Sequence[Incident], terms: Terms, stretches: Mapping[UUID, Sequence[Stretch]]
) -> list[Added]:
    now = context(session).now
    found = []
    for incident, begun in await added_promises(session, followed):
        hit = bool(incident.key_business_ids)
        for wanted in promised(begun, terms, incident.severity, hits_key_business=hit):
            if domain.can_break(wanted.promise):
                stands = _stands(wanted.promise, stretches[incident.id], now)
                found.append(Added(incident.id, incident.number, wanted.kind, wanted.about_id, *stands))
    return found
