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
from services.incidents.pauses.domain import Stretch
from services.incidents.pauses.queries import stretches_of
from services.incidents.retargeting.domain import AgreementNotFound, Effect, effect, proposed
from shared import clocks
from shared.db import context

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident

EXAMINED = 500
"""Incidents per answer."""


@dataclass(frozen=True)
class Moved:
    """A clock that would move; None where nothing would be promised any more."""

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
    due_at: datetime


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
    calendar: Mapping[str, Any] | None,
    targets: list[Mapping[str, Any]] | None,
    replaces: bool,
    after: UUID | None,
) -> Foreseen:
    """Which open clocks would move or end, and which would begin.

    Raises AgreementNotFound, InvalidCalendar, TargetRepeated.
    """
    covering = await copies.covering(session, agreement_id)
    if covering is None:
        raise AgreementNotFound(agreement_id=agreement_id)
    terms = replace(proposed(covering.terms, calendar, targets), applies_to_open=replaces)
    concerned = await concerned_incidents(
        session, replace(covering, terms=terms, in_force=replaces), after, EXAMINED, locked=False
    )
    followed = [each for each in concerned if _is_followed(terms, each)]
    stretches = await stretches_of(session, [each.id for each in followed])
    examined, moved = await _moved(session, followed, terms, stretches)
    is_amended = replaces or targets is not None
    added = await _added(session, followed, terms, stretches) if is_amended else []
    return Foreseen(examined, moved, added, concerned[-1].id if len(concerned) == EXAMINED else None)


def _is_followed(terms: Terms, incident: Incident) -> bool:
    what = effect(terms, agreement_id=incident.agreement_id, cover=incident.cover, reported_at=incident.reported_at)
    return what in (Effect.FOLLOW, Effect.REPLACE)


async def _moved(
    session: AsyncSession, followed: Sequence[Incident], terms: Terms, stretches: Mapping[UUID, Sequence[Stretch]]
) -> tuple[int, list[Moved]]:
    """How many clocks are open, and those that would be aimed otherwise."""
    by_id, now = {each.id: each for each in followed}, context(session).now
    clocks_open = await open_clocks(session, by_id)
    found = []
    for clock in clocks_open:
        incident = by_id[clock.incident_id]
        hit = bool(incident.key_business_ids)
        aimed = domain.aim(terms, clock.kind, incident.severity, hits_key_business=hit)
        if aimed != clock.aim:
            found.append(_moved_one(incident, clock.reading(stretches[incident.id], now), aimed))
    return len(clocks_open), found


def _moved_one(incident: Incident, present: domain.Reading, aimed: domain.Aim | None) -> Moved:
    """What is broken by now stays so where nothing is promised any more."""
    new_state, new_due_at = ("breached", present.due_at) if present.state == "breached" else (None, None)
    if aimed is not None and domain.can_break(clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)):
        then = clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)
        new_state, new_due_at = clocks.state(then, present.at).value, clocks.due_at(then, present.at)
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


async def _added(
    session: AsyncSession, followed: Sequence[Incident], terms: Terms, stretches: Mapping[UUID, Sequence[Stretch]]
) -> list[Added]:
    now = context(session).now
    found = []
    for incident, begun in await added_promises(session, followed):
        hit = bool(incident.key_business_ids)
        for wanted in promised(begun, terms, incident.severity, hits_key_business=hit):
            if domain.can_break(wanted.promise):
                pauses = domain.pauses_of(wanted.kind, stretches[incident.id])
                promise = replace(wanted.promise, pauses=pauses)
                stands = clocks.state(promise, now).value, clocks.due_at(promise, now)
                found.append(Added(incident.id, incident.number, wanted.kind, wanted.about_id, *stands))
    return found
