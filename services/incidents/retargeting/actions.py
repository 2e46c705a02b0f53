"""Following an agreement, a few incidents at a time, so that reports never wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Aim, aim
from services.incidents.clocks.queries import open_clocks
from services.incidents.copies import queries as copies
from services.incidents.copies.actions import FOLLOW
from services.incidents.copies.domain import Terms, version_at
from services.incidents.covers.actions import find_cover
from services.incidents.endings.actions import arm_closes
from services.incidents.incidents.actions import note_incident, say
from services.incidents.incidents.domain import State
from services.incidents.incidents.queries import concerned_incidents
from services.incidents.milestones.actions import arm_beginnings
from services.incidents.milestones.queries import added_promises
from services.incidents.pauses.queries import stretches_of
from services.incidents.retargeting.domain import Effect, effect
from services.incidents.waiting.actions import replan_pause
from shared import timers
from shared.db import context
from shared.events.incidents import AgreementReplaced

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident

BATCH = 50


async def follow_agreement(session: AsyncSession, *, agreement_id: UUID, after: UUID | None) -> None:
    """Bring the next incidents in line with an agreement as it is now; the rest has its turn after that."""
    covering = await copies.covering(session, agreement_id)
    if covering is None:
        return
    concerned = await concerned_incidents(session, covering, after, BATCH, locked=True)
    former = {incident.id: incident.agreement_id for incident in concerned}
    following = [incident for incident in concerned if await _follows(session, incident, covering.terms)]
    await _retarget(session, following, covering.terms)
    await arm_closes(session, [incident for incident in following if incident.state == State.RESOLVED])
    for incident in (each for each in concerned if each.covered):
        if incident.state == State.WAITING:
            await replan_pause(session, incident)
    replaced = [incident for incident in following if former[incident.id] != agreement_id]
    for incident, begun in await added_promises(session, replaced):
        await arm_beginnings(session, incident, covering.terms, begun)
    if len(concerned) == BATCH:
        await timers.arm(session, FOLLOW, agreement_id, context(session).now, data={"after": concerned[-1].id})


async def _follows(session: AsyncSession, incident: Incident, terms: Terms) -> bool:
    """Whether the incident's clocks are to be aimed by the version; what changes beside them is changed here."""
    what = effect(terms, agreement_id=incident.agreement_id, cover=incident.cover, reported_at=incident.reported_at)
    if what is Effect.COVER:
        await find_cover(session, incident, await _version_for(session, incident, terms))
    elif what is Effect.REPLACE:
        incident.agreement_id, incident.amended_at = terms.agreement_id, context(session).now
        incident.version += 1
        say(session, incident, AgreementReplaced, revision=terms.revision)
        note_incident(session, incident, "replace_agreement", "agreement_id")
    return what in (Effect.FOLLOW, Effect.REPLACE)


async def _version_for(session: AsyncSession, incident: Incident, terms: Terms) -> Terms:
    """Of the contract whose version arrived, the one that counts for the incident's report."""
    number, where = terms.contract_number, (incident.asset_id, incident.site_id)
    versions = await copies.versions(session, incident.customer_id, number, *where)
    at = incident.reported_at
    return version_at([each for each in versions if each.hold_at(at)], at, is_open=True) or terms


async def _retarget(session: AsyncSession, incidents: list[Incident], terms: Terms) -> None:
    by_id = {incident.id: incident for incident in incidents}
    aimed: dict[UUID, Aim | None] = {}
    for clock in await open_clocks(session, by_id):
        incident = by_id[clock.incident_id]
        wanted = aim(terms, clock.kind, incident.severity, hits_key_business=bool(incident.key_business_ids))
        if wanted != clock.aim:
            aimed[clock.id] = wanted
    if aimed:
        await clocks.retarget_clocks(session, aimed, await stretches_of(session, by_id))
