"""Noting milestones. Each counts from when it happened, not from when we heard of it; only the first one is kept.

What a promise could run for is noted also while none is made: it is owed once the incident is covered or taken up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Kind
from services.incidents.clocks.queries import clocks_of, open_clocks
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Terms
from services.incidents.incidents.actions import keep_promises
from services.incidents.incidents.domain import UNRESTORED
from services.incidents.incidents.queries import locked_incident
from services.incidents.milestones import queries
from services.incidents.milestones.domain import Beginning, of_occasions, promised
from services.incidents.milestones.models import OccasionRow
from services.incidents.milestones.queries import added_promises
from services.incidents.pauses.queries import stretches_of
from shared.db import context

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def note_arrival(session: AsyncSession, *, incident_id: UUID, at: datetime) -> None:
    """An engineer is on site."""
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.arrived_at = incident.arrived_at or at
    await clocks.stop_clocks(session, [incident_id], [Kind.ON_SITE], at)


async def note_plan_requested(session: AsyncSession, *, incident_id: UUID, activation_id: UUID, at: datetime) -> None:
    """A plan's activation was requested: that promise is kept, and from then on the decision is due."""
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.plan_requested_at = incident.plan_requested_at or at
    await clocks.stop_clocks(session, [incident_id], [Kind.PLAN_REQUESTED], at)
    await _begin(session, incident, Kind.PLAN_DECIDED, activation_id, at)


async def note_plan_decided(session: AsyncSession, *, incident_id: UUID, activation_id: UUID, at: datetime) -> None:
    """The leading group authorised or refused a request."""
    await _end(session, incident_id, Kind.PLAN_DECIDED, activation_id, at)


async def note_plan_withdrawn(session: AsyncSession, *, incident_id: UUID, activation_id: UUID) -> None:
    """The incident was over before anybody decided: nothing is owed for the request, also if it is taken up again."""
    await locked_incident(session, incident_id, for_client=False)
    noted = await queries.occasion(session, incident_id, Kind.PLAN_DECIDED, activation_id)
    if noted is not None:
        await session.delete(noted)
    await clocks.drop_clocks(session, [incident_id], [Kind.PLAN_DECIDED], about_id=activation_id)


async def note_superior_told(session: AsyncSession, *, incident_id: UUID, at: datetime) -> None:
    incident = await locked_incident(session, incident_id, for_client=False)
    incident.superior_told_at = incident.superior_told_at or at
    await clocks.stop_clocks(session, [incident_id], [Kind.SUPERIOR_TOLD], at)


async def note_updates(
    session: AsyncSession, incidents: Sequence[Incident], update_ids: Mapping[UUID, UUID], *, at: datetime
) -> None:
    """A customer was told how these incidents stand, of each by which update: the next is owed from now on.

    Call with the incidents locked.
    """
    await clocks.stop_clocks(session, list(update_ids), [Kind.NEXT_UPDATE], at)
    await _begin_each(session, incidents, Kind.NEXT_UPDATE, update_ids, at)


async def note_engaged(session: AsyncSession, *, incident_id: UUID, engagement_id: UUID, at: datetime) -> None:
    """An external party was engaged: from now on its own clock runs, until it is done."""
    incident = await locked_incident(session, incident_id, for_client=False)
    await _begin(session, incident, Kind.VENDOR, engagement_id, at)


async def note_engagement_done(session: AsyncSession, *, incident_id: UUID, engagement_id: UUID, at: datetime) -> None:
    await _end(session, incident_id, Kind.VENDOR, engagement_id, at)


async def take_up_occasions(session: AsyncSession, incident: Incident, since: datetime) -> None:
    """What was noted from `since` on, while the incident was over, has its promise now. Its time so far is a pause."""
    if incident.state not in UNRESTORED:
        return
    known = (await queries.occasions_of(session, [incident.id]))[incident.id]
    await _drop_withdrawn(session, incident, {occasion.about_id for occasion in known})
    noted = [occasion for occasion in known if occasion.noted_at >= since]
    begun = of_occasions(noted)
    for update in (each for each in begun if each.kind == Kind.NEXT_UPDATE):
        await clocks.stop_clocks(session, [incident.id], [Kind.NEXT_UPDATE], update.at)
    terms = await copies.terms(session, incident.agreement_id)
    await arm_beginnings(session, incident, terms, begun)
    if incident.amended_at is not None and incident.amended_at >= since:
        await _add_amended(session, incident, terms)


async def _add_amended(session: AsyncSession, incident: Incident, terms: Terms | None) -> None:
    """An amendment for open incidents came while service was restored: what it adds is promised now."""
    for _, begun in await added_promises(session, [incident]):
        await arm_beginnings(session, incident, terms, begun)


async def arm_beginnings(
    session: AsyncSession, incident: Incident, terms: Terms | None, begun: Iterable[Beginning]
) -> None:
    """Start the promises that have no clock yet, or gave it up, and judge those that were kept meanwhile."""
    known = await clocks_of(session, [incident.id])
    made = {(clock.kind, clock.about_id) for clock in known if not clock.is_given_up}
    await _arm(session, incident, terms, [each for each in begun if each.key not in made])
    await keep_promises(session, incident)
    for occasion in (await queries.occasions_of(session, [incident.id]))[incident.id]:
        if occasion.done_at is not None:
            kinds = [Kind(occasion.kind)]
            await clocks.stop_clocks(session, [incident.id], kinds, occasion.done_at, about_id=occasion.about_id)


async def _drop_withdrawn(session: AsyncSession, incident: Incident, requested: Collection[UUID]) -> None:
    await session.flush()
    for clock in await open_clocks(session, [incident.id]):
        if clock.kind == Kind.PLAN_DECIDED and clock.about_id not in requested:
            await clocks.drop_clocks(session, [incident.id], [Kind.PLAN_DECIDED], about_id=clock.about_id)


async def _begin(session: AsyncSession, incident: Incident, kind: Kind, about_id: UUID, at: datetime) -> None:
    await _begin_each(session, [incident], kind, {incident.id: about_id}, at)


async def _begin_each(
    session: AsyncSession, incidents: Sequence[Incident], kind: Kind, about: Mapping[UUID, UUID], at: datetime
) -> None:
    """Note what one of several of a kind runs for. Once service is restored, nothing new is promised."""
    session.add_all(
        OccasionRow(
            incident_id=incident.id,
            customer_id=incident.customer_id,
            kind=kind,
            about_id=about[incident.id],
            from_at=at,
            noted_at=context(session).now,
        )
        for incident in incidents
    )
    await session.flush()
    owing = [incident for incident in incidents if incident.state in UNRESTORED]
    terms = await copies.terms_of(session, {incident.agreement_id for incident in owing})
    for incident in owing:
        await _arm(session, incident, terms.get(incident.agreement_id), [Beginning(kind, at, about[incident.id])])


async def _arm(session: AsyncSession, incident: Incident, terms: Terms | None, begun: Sequence[Beginning]) -> None:
    wanted = promised(begun, terms, incident.severity, hits_key_business=bool(incident.key_business_ids))
    if wanted:
        stretches = (await stretches_of(session, [incident.id]))[incident.id]
        await clocks.make_promises(session, incident.bearer, wanted, stretches)


async def _end(session: AsyncSession, incident_id: UUID, kind: Kind, about_id: UUID, at: datetime) -> None:
    await locked_incident(session, incident_id, for_client=False)
    noted = await queries.occasion(session, incident_id, kind, about_id)
    if noted is not None:
        noted.done_at = noted.done_at or at
    await clocks.stop_clocks(session, [incident_id], [kind], at, about_id=about_id)
