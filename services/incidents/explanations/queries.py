"""Explaining a clock of an incident."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.domain import Kind
from services.incidents.clocks.queries import clocks_of
from services.incidents.copies import queries as copies
from services.incidents.explanations.domain import Explanation, explanation
from services.incidents.incidents.queries import incident
from services.incidents.pauses.queries import stretches_of
from services.incidents.settings import Settings
from shared.db import context, settings_of
from shared.errors import NotFound


class ClockNotFound(NotFound):
    code = "clock_not_found"
    en = "The incident has no such promise ({kind})."
    zh = "该事件没有此项承诺（{kind}）。"


async def explanation_of(
    session: AsyncSession, reference: UUID | str, kind: Kind, about_id: UUID | None
) -> Explanation:
    """Of several clocks of a kind the one that `about_id` names, else the last.

    Raises IncidentNotFound, ClockNotFound.
    """
    found = await incident(session, reference)
    of_kind = [clock for clock in await clocks_of(session, [found.id]) if clock.kind == kind]
    meant = [clock for clock in of_kind if about_id in (None, clock.about_id)]
    if not meant:
        raise ClockNotFound(kind=kind)
    clock = meant[-1]
    terms = await copies.terms(session, found.agreement_id)
    stretches = (await stretches_of(session, [found.id]))[found.id]
    reading = clock.reading(stretches, context(session).now)
    provisional_years = terms.provisional_years if terms else ()
    return explanation(reading, clock.unit, clock.amount, provisional_years, settings_of(session, Settings).zone)
