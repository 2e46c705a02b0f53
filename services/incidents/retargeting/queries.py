"""What would move if an agreement were another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain
from services.incidents.clocks.queries import open_clocks
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Terms
from services.incidents.incidents.queries import concerned_incidents
from services.incidents.pauses.queries import stretches_of
from services.incidents.retargeting.domain import AgreementNotFound, Effect, effect, proposed
from shared import clocks
from shared.db import context

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
    due_at: datetime
    new_state: str | None
    new_due_at: datetime | None


@dataclass(frozen=True)
class Foreseen:
    examined: int
    moved: list[Moved]
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
    """Which open clocks would move. Raises AgreementNotFound, InvalidCalendar."""
    now = context(session).now
    covering = await copies.covering(session, agreement_id)
    if covering is None:
        raise AgreementNotFound(agreement_id=agreement_id)
    terms = replace(proposed(covering.terms, calendar, targets), applies_to_open=replaces)
    concerned = await concerned_incidents(
        session, replace(covering, terms=terms, in_force=replaces), after, EXAMINED, locked=False
    )
    followed = {
        incident.id: incident
        for incident in concerned
        if _is_followed(terms, incident.agreement_id, incident.cover, incident.reported_at)
    }
    stretches = await stretches_of(session, followed)
    examined, moved = 0, []
    for clock in await open_clocks(session, followed):
        examined += 1
        incident = followed[clock.incident_id]
        hit = bool(incident.key_business_ids)
        aimed = domain.aim(terms, clock.kind, incident.severity, hits_key_business=hit)
        if aimed != clock.aim:
            present = clock.reading(stretches[clock.incident_id], now)
            moved.append(_moved(incident.id, incident.number, present, aimed))
    return Foreseen(examined, moved, concerned[-1].id if len(concerned) == EXAMINED else None)


def _is_followed(terms: Terms, agreement_id: UUID | None, cover: str | None, reported_at: datetime) -> bool:
    what = effect(terms, agreement_id=agreement_id, cover=cover, reported_at=reported_at)
    return what in (Effect.FOLLOW, Effect.REPLACE)


def _moved(incident_id: UUID, number: str, present: domain.Reading, aimed: domain.Aim | None) -> Moved:
    new_state = new_due_at = None
    if aimed is not None and domain.can_break(clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)):
        then = clocks.retarget(present.promise, aimed.budget, aimed.work_calendar)
        new_state, new_due_at = clocks.state(then, present.at).value, clocks.due_at(then, present.at)
    return Moved(
        incident_id=incident_id,
        number=number,
        kind=present.kind,
        about_id=present.about_id,
        state=present.state,
        due_at=present.due_at,
        new_state=new_state,
        new_due_at=new_due_at,
    )
