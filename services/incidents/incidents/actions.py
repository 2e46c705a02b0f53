"""Every write to incidents: a move of the table in domain.py, its effect on the promises, and the fact said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.base import insert_complete
from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import (
    FROM_REPORT,
    Bearer,
    Kind,
    Reading,
    Wanted,
    aim,
)
from services.incidents.clocks.queries import readings as readings_of
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Terms, cover
from services.incidents.incidents import domain, queries
from services.incidents.incidents.models import Incident
from services.incidents.incidents.queries import Shown
from services.incidents.numbers.actions import next_number, next_numbers
from services.incidents.pauses.actions import end_pause
from services.incidents.pauses.queries import waiting_no_more
from services.incidents.teams.actions import hand_over
from shared import timers
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, as_service, context
from shared.errors import Unprocessable
from shared.events import Event
from shared.events.incidents import (
    IncidentAcknowledged,
    IncidentAssigned,
    IncidentPrioritised,
    IncidentReported,
    IncidentResumed,
    WorkBegun,
)
from shared.outbox import emit
from shared.zones import utc

END_PAUSE = "end_pause"


class CustomerMissing(Unprocessable):
    code = "customer_missing"
    en = "Say for which customer this is reported (customer_id)."
    zh = "请说明为哪个客户报告（customer_id）。"


async def report_incident(
    session: AsyncSession,
    *,
    by: Principal,
    customer_id: UUID | None,
    asset_id: UUID | None,
    site_id: UUID | None,
    severity: domain.Severity,
    channel: domain.Channel | None,
    impact: domain.Level,
    urgency: domain.Level,
    reported_at: datetime | None,
    **said: Any,
) -> Shown:
    """Register a fault with its number, the cover found, and the promises that follow from it.

    `reported_at`: when a call was that is recorded afterwards. `said`: title, description and the contact. Raises
    CustomerMissing, CustomerNotFound, AssetNotFound, SiteNotFound, ChannelNotYours, TrueTimeNotYours, TrueTimeNotPast.
    """
    yours = domain.channels(by.kind, is_customers=by.customer_id is not None)
    came_by = domain.channel_of(channel, yours)
    now = context(session).now
    at = domain.true_time(reported_at and utc(reported_at), came_by, now, is_staffs=by.scope == "staff")
    customer = customer_id or by.customer_id
    if customer is None:
        raise CustomerMissing()
    place = await copies.place(session, customer, asset_id, site_id, of_before=at < now)
    terms = cover(place.agreements, asset_id, at)
    incident = Incident(
        id=uuid7(),
        version=1,
        number=await next_number(session),
        customer_id=customer,
        state=domain.State.REPORTED,
        severity=severity,
        channel=came_by,
        impact=impact,
        urgency=urgency,
        priority=domain.priority(impact, urgency, terms.priorities if terms else {}),
        team=domain.Team.DESK,
        asset_id=asset_id,
        site_id=place.site.id if place.site else None,
        covered=terms is not None,
        cover=None if terms else domain.Cover.UNDECIDED,
        agreement_id=terms.agreement_id if terms else None,
        contract_number=terms.contract_number if terms else None,
        reported_by=by.actor,
        reported_at=at,
        registered_at=now,
        key_business_ids=[],
        **said,
    )
    await insert_complete(session, [incident])
    say(session, incident, IncidentReported)
    note_incident(session, incident, "report", "number", "title", "severity", "asset_id", "covered", "agreement_id")
    readings = await _promised_at_report(session, incident, terms)
    found = (place.customer, place.asset, place.site)
    return Shown(incident, domain.State.REPORTED, readings, {named.id: named for named in found if named})


async def _promised_at_report(session: AsyncSession, incident: Incident, terms: Terms | None) -> tuple[Reading, ...]:
    """What is promised, as it stands: a direct call was answered as it came."""
    readings = await arm_from_report(session, incident, terms)
    if incident.channel != domain.Channel.DIRECT_CALL:
        return readings
    await clocks.stop_clocks(session, [incident.id], [Kind.RESPOND], incident.reported_at)
    await session.flush()
    return (await readings_of(session, [incident.id], context(session).now))[incident.id]


async def arm_from_report(session: AsyncSession, incident: Incident, terms: Terms | None) -> tuple[Reading, ...]:
    """Start the promises that run from the report."""
    promised = ((kind, aim(terms, kind, incident.severity, hits_key_business=False)) for kind in FROM_REPORT)
    wanted = [Wanted(kind, incident.reported_at, aimed) for kind, aimed in promised if aimed]
    return await clocks.arm_clocks(session, incident.bearer, wanted)


async def take_over_incidents(
    session: AsyncSession, customer_id: UUID, recorded: Sequence[Mapping[str, Any]]
) -> list[Bearer]:
    """Enter a customer's incidents as another system recorded them, each with a number of the year of its report.

    `recorded`: the columns the record fills. What is to be said of them, and their promises, are the caller's.
    """
    numbers = await next_numbers(session, [columns["reported_at"] for columns in recorded])
    incidents = [
        Incident(
            id=_id_of(columns["reported_at"]),
            version=1,
            number=number,
            customer_id=customer_id,
            reported_by=f"source:{columns['source']}",
            registered_at=context(session).now,
            impact=domain.Level.MEDIUM,
            urgency=domain.Level.MEDIUM,
            priority=domain.Priority.MEDIUM,
            team=domain.Team.DESK,
            cover=None if columns["covered"] else domain.Cover.UNDECIDED,
            key_business_ids=[],
            **columns,
        )
        for number, columns in zip(numbers, recorded, strict=True)
    ]
    await insert_complete(session, incidents)
    return [incident.bearer for incident in incidents]


async def acknowledge_incident(session: AsyncSession, *, incident_id: UUID, by: Principal) -> Incident:
    """The report is answered. Who called an engineer directly was answered by that call, at its true time."""
    incident = await move_incident(session, incident_id, "acknowledge")
    incident.acknowledged_by, incident.acknowledged_at = by.id, context(session).now
    if incident.channel == domain.Channel.DIRECT_CALL:
        incident.acknowledged_at = incident.reported_at
    say(session, incident, IncidentAcknowledged)
    note_incident(session, incident, "acknowledge", "state", "acknowledged_by")
    await clocks.stop_clocks(session, [incident.id], [Kind.RESPOND], incident.acknowledged_at)
    return incident


async def assign_incident(
    session: AsyncSession, *, incident_id: UUID, engineer_id: UUID, team: domain.Team | None
) -> Incident:
    """Make an engineer responsible, for a team: the one that holds it, or the site team. Raises EngineerNotFound."""
    incident = await move_incident(session, incident_id, "assign")
    engineer = await copies.engineer(session, engineer_id)
    before = as_record(incident, "engineer_id", "team")
    incident.engineer_id = engineer.id
    incident.team = team or (domain.Team.SITE if incident.team == domain.Team.DESK else incident.team)
    await hand_over(session, incident.bearer, team=incident.team, engineer_id=engineer.id)
    say(session, incident, IncidentAssigned, engineer_name=engineer.name_zh)
    note_incident(session, incident, "assign", "state", "engineer_id", "team", before=before)
    return incident


async def begin_work(session: AsyncSession, *, incident_id: UUID, by: Principal) -> Incident:
    """Somebody works on it without having been assigned."""
    incident = await move_incident(session, incident_id, "begin")
    say(session, incident, WorkBegun, begun_by=by.id, begun_at=context(session).now)
    note_incident(session, incident, "begin", "state")
    return incident


async def prioritise_incident(
    session: AsyncSession, *, incident_id: UUID, impact: domain.Level, urgency: domain.Level
) -> Incident:
    incident = await move_incident(session, incident_id, "prioritise")
    before = as_record(incident, "impact", "urgency", "priority")
    terms = await copies.terms(session, incident.agreement_id)
    incident.impact, incident.urgency = impact, urgency
    incident.priority = domain.priority(impact, urgency, terms.priorities if terms else {})
    say(session, incident, IncidentPrioritised)
    note_incident(session, incident, "prioritise", "impact", "urgency", "priority", before=before)
    return incident


def _id_of(reported_at: datetime) -> UUID:
    """Incidents are listed by their ids: that of one from long ago stands where its report belongs."""
    return uuid7(nanoseconds=max(0, int(reported_at.timestamp() * 1e9)))


async def move_incident(session: AsyncSession, incident_id: UUID, move: str, *, with_parent: bool = False) -> Incident:
    """The incident under its lock (and its parent under its own), after a move.

    Raises IncidentNotFound, VersionMismatch, IllegalMove.
    """
    locked = queries.locked_with_parent if with_parent else queries.locked_incident
    incident = await locked(session, incident_id)
    await end_pauses_that_are_over(session, [incident])
    make_move(incident, move)
    return incident


def make_move(incident: Incident, move: str) -> None:
    """The move of an incident that is locked already. Raises IllegalMove."""
    incident.state = domain.moved(incident.state, move, former=incident.former_state)
    incident.version += 1


async def end_pauses_that_are_over(session: AsyncSession, incidents: Sequence[Incident]) -> None:
    """Let those run on whose pause came to its planned end: nobody acts on what reads otherwise than it is stored.

    What a timer that is late would do. Call with them locked, before anything else is said of them.
    """
    waiting = {incident.id: incident for incident in incidents if incident.state == domain.State.WAITING}
    if not waiting:
        return
    with as_service(session):
        for incident_id in sorted(await waiting_no_more(session, waiting)):
            make_move(waiting[incident_id], "resume")
            await run_on(session, waiting[incident_id], by_itself=True)


async def run_on(session: AsyncSession, incident: Incident, *, by_itself: bool) -> None:
    """Its pause ends, and its clocks run on."""
    await timers.cancel(session, END_PAUSE, incident.id)
    pause = await end_pause(session, incident.id, context(session).now)
    if pause is not None:
        say(session, incident, IncidentResumed, pause_id=pause.id, until_at=pause.until_at, by_itself=by_itself)
    note_incident(session, incident, "resume", "state")
    await clocks.retime_clocks(session, incident.id, since=pause.until_at if pause and by_itself else None)


async def keep_promises(session: AsyncSession, incident: Incident) -> None:
    """Stop what runs on although it was done meanwhile."""
    for kind, at in incident.kept_at.items():
        if at is not None:
            await clocks.stop_clocks(session, [incident.id], [kind], at)


def say(session: AsyncSession, incident: Incident, fact: type[Event], **more: Any) -> None:
    """Say a fact with all of its fields that the incident itself has, and `more`."""
    own = {name: getattr(incident, name) for name in fact.model_fields if hasattr(incident, name)}
    emit(session, fact(**own, incident_id=incident.id, **more))


def note_incident(
    session: AsyncSession,
    incident: Incident,
    action: str,
    *fields: str,
    before: dict[str, Any] | None = None,
    information: dict[str, Any] | None = None,
) -> None:
    note(
        session,
        incident.id,
        action,
        before=before,
        after=as_record(incident, *fields),
        information=information,
        customer_id=incident.customer_id,
    )
