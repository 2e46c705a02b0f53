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
    ENDED_BY_RESOLUTION,
    FROM_CLASSIFICATION,
    FROM_REPORT,
    Bearer,
    Kind,
    Wanted,
    aim,
)
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Terms, cover
from services.incidents.incidents import domain, queries
from services.incidents.incidents.models import Incident
from services.incidents.incidents.queries import Shown
from services.incidents.numbers.actions import next_number, next_numbers
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.errors import Forbidden, Unprocessable
from shared.events import Event
from shared.events.incidents import (
    IncidentAcknowledged,
    IncidentAssigned,
    IncidentClassified,
    IncidentClosed,
    IncidentConfirmed,
    IncidentReported,
    IncidentResolved,
)
from shared.outbox import emit


class CustomerMissing(Unprocessable):
    code = "customer_missing"
    en = "Say for which customer this is reported (customer_id)."
    zh = "请说明为哪个客户报告（customer_id）。"


class OnlyCustomerConfirms(Forbidden):
    code = "only_customer_confirms"
    en = "Only a person of the customer can confirm that service is restored."
    zh = "只有客户方人员才能确认服务已恢复。"


async def report_incident(
    session: AsyncSession,
    *,
    by: Principal,
    customer_id: UUID | None,
    asset_id: UUID | None,
    site_id: UUID | None,
    severity: domain.Severity,
    channel: domain.Channel | None,
    **said: Any,
) -> Shown:
    """Register a fault with its number, the cover found, and the promises that follow from it.

    `said`: title, description and the contact. Raises CustomerMissing, CustomerNotFound, AssetNotFound, SiteNotFound,
    ChannelNotYours.
    """
    yours = domain.channels(by.kind, is_customers=by.customer_id is not None)
    came_by = domain.channel_of(channel, yours)
    customer = customer_id or by.customer_id
    if customer is None:
        raise CustomerMissing()
    place = await copies.place(session, customer, asset_id, site_id)
    now = context(session).now
    terms = cover(place.agreements, asset_id, now)
    incident = Incident(
        id=uuid7(),
        version=1,
        number=await next_number(session),
        customer_id=customer,
        state=domain.State.REPORTED,
        severity=severity,
        channel=came_by,
        asset_id=asset_id,
        site_id=place.site.id if place.site else None,
        covered=terms is not None,
        agreement_id=terms.agreement_id if terms else None,
        contract_number=terms.contract_number if terms else None,
        reported_by=by.actor,
        reported_at=now,
        key_business_ids=[],
        **said,
    )
    await insert_complete(session, [incident])
    _say(session, incident, IncidentReported)
    _note(session, incident, "report", "number", "title", "severity", "asset_id", "covered", "agreement_id")
    promised = ((kind, aim(terms, kind, severity, hits_key_business=False)) for kind in FROM_REPORT)
    wanted = [Wanted(kind, now, aimed) for kind, aimed in promised if aimed]
    readings = await clocks.arm_clocks(session, incident.bearer, wanted)
    found = (place.customer, place.asset, place.site)
    return Shown(incident, readings, {named.id: named for named in found if named})


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
            key_business_ids=[],
            **columns,
        )
        for number, columns in zip(numbers, recorded, strict=True)
    ]
    await insert_complete(session, incidents)
    return [incident.bearer for incident in incidents]


async def acknowledge_incident(session: AsyncSession, *, incident_id: UUID, by: Principal) -> Incident:
    incident = await _moved(session, incident_id, "acknowledge")
    incident.acknowledged_by, incident.acknowledged_at = by.id, context(session).now
    _say(session, incident, IncidentAcknowledged)
    _note(session, incident, "acknowledge", "state", "acknowledged_by")
    await clocks.stop_clocks(session, incident.id, [Kind.RESPOND], incident.acknowledged_at)
    return incident


async def classify_incident(
    session: AsyncSession,
    *,
    incident_id: UUID,
    severity: domain.Severity,
    fault_class: domain.FaultClass,
    analysis: str,
    quickly_solvable: bool | None,
    by: Principal,
) -> Incident:
    """State what kind of fault it is and how severe. Promises are aimed at the severity's targets from their start."""
    incident = await _moved(session, incident_id, "classify")
    before = as_record(incident, "severity", "fault_class", "key_business_ids")
    hits = await copies.hits(session, incident.customer_id, incident.asset_id)
    incident.severity, incident.fault_class = severity, fault_class
    incident.analysis, incident.quickly_solvable = analysis, quickly_solvable
    incident.key_business_ids = [hit.key_business_id for hit in hits]
    incident.classified_by, incident.classified_at = by.id, context(session).now
    _say(session, incident, IncidentClassified)
    after = ("state", "severity", "fault_class", "key_business_ids")
    _note(
        session,
        incident,
        "classify",
        *after,
        before=before,
        information=as_record(incident, "analysis", "quickly_solvable"),
    )
    await _aim_clocks(session, incident, await copies.terms(session, incident.agreement_id))
    return incident


async def assign_incident(session: AsyncSession, *, incident_id: UUID, engineer_id: UUID) -> Incident:
    """Make an engineer responsible. Raises EngineerNotFound."""
    incident = await _moved(session, incident_id, "assign")
    engineer = await copies.engineer(session, engineer_id)
    before = as_record(incident, "engineer_id")
    incident.engineer_id = engineer.id
    _say(session, incident, IncidentAssigned, engineer_name=engineer.name_zh)
    _note(session, incident, "assign", "state", "engineer_id", before=before)
    return incident


async def resolve_incident(session: AsyncSession, *, incident_id: UUID, solution: str, by: Principal) -> Incident:
    """Service is restored. Told are the departments whose key businesses were hit, else all of the customer."""
    incident = await _moved(session, incident_id, "resolve")
    now = context(session).now
    incident.solution, incident.resolved_by, incident.resolved_at = solution, by.id, now
    hits = await copies.hits(session, incident.customer_id, incident.asset_id)
    told = {hit.department_id for hit in hits} or set(await copies.departments(session, incident.customer_id))
    _say(session, incident, IncidentResolved, department_ids=tuple(sorted(told)))
    _note(session, incident, "resolve", "state", "solution", "resolved_by")
    await clocks.stop_clocks(session, incident.id, [Kind.RESOLVE], now)
    await clocks.drop_clocks(session, incident.id, ENDED_BY_RESOLUTION)
    return incident


async def confirm_incident(session: AsyncSession, *, incident_id: UUID, by: Principal) -> Incident:
    """The customer confirms, and with that the incident is closed and owes nothing. Raises OnlyCustomerConfirms."""
    if by.kind != "person" or by.customer_id is None:
        raise OnlyCustomerConfirms()
    incident = await _moved(session, incident_id, "confirm")
    now = context(session).now
    incident.confirmed_by, incident.confirmed_at = by.id, now
    _say(session, incident, IncidentConfirmed)
    _note(session, incident, "confirm", "state", "confirmed_by")
    await clocks.drop_clocks(session, incident.id, tuple(Kind))
    incident.state = domain.moved(incident.state, "close")
    incident.closed_at = now
    _say(session, incident, IncidentClosed)
    _note(session, incident, "close", "state")
    return incident


def _id_of(reported_at: datetime) -> UUID:
    """Incidents are listed by their ids: that of one from long ago stands where its report belongs."""
    return uuid7(nanoseconds=max(0, int(reported_at.timestamp() * 1e9)))


async def _moved(session: AsyncSession, incident_id: UUID, move: str) -> Incident:
    incident = await queries.locked_incident(session, incident_id)
    incident.state = domain.moved(incident.state, move)
    incident.version += 1
    return incident


async def _aim_clocks(session: AsyncSession, incident: Incident, terms: Terms | None) -> None:
    """A promise that the severity adds runs from the report; one of an emergency, from this classification."""
    hit = bool(incident.key_business_ids)
    aims = {kind.value: aim(terms, kind, incident.severity, hits_key_business=hit) for kind in Kind}
    kept = {
        Kind.RESPOND: incident.acknowledged_at,
        Kind.ON_SITE: incident.arrived_at,
        Kind.PLAN_REQUESTED: incident.plan_requested_at,
        Kind.SUPERIOR_TOLD: incident.superior_told_at,
    }
    starts = dict.fromkeys(FROM_REPORT, incident.reported_at) | dict.fromkeys(FROM_CLASSIFICATION, context(session).now)
    open_starts = {kind.value: start for kind, start in starts.items() if kept.get(kind) is None}
    await clocks.aim_clocks(session, incident.bearer, aims, open_starts)


def _say(session: AsyncSession, incident: Incident, fact: type[Event], **more: Any) -> None:
    """Say a fact with all of its fields that the incident itself has, and `more`."""
    own = {name: getattr(incident, name) for name in fact.model_fields if hasattr(incident, name)}
    emit(session, fact(**own, incident_id=incident.id, **more))


def _note(
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
