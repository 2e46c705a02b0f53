"""Granting and counting. A use is never refused for want of a grant: whoever is in need is helped, and it shows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import queries as contracts
from services.contracts.catalogue.queries import require_items
from services.contracts.covers.domain import require_within, year_of, years_of
from services.contracts.entitlements import domain, queries
from services.contracts.entitlements.domain import Unit
from services.contracts.entitlements.models import Entitlement, Use
from shared.audit import note
from shared.db import as_record, context
from shared.errors import Conflict
from shared.events.contracts import EntitlementExhausted, EntitlementUsed
from shared.events.incidents import TimeSpent, TimeWithdrawn, VisitCompleted
from shared.outbox import emit
from shared.zones import zone_named

ZONE = zone_named("Asia/Shanghai")
"""Where the days of a term begin; that of the default calendar."""


class GrantedAlready(Conflict):
    code = "granted_already"
    en = "The contract grants {unit} of {item_code} already."
    zh = "该合同已约定 {item_code} 的 {unit} 额度。"


async def grant(session: AsyncSession, *, contract_id: UUID, item_code: str, unit: str, granted: float) -> Entitlement:
    """Grant so much of an item in each year of the term. Raises ContractNotFound, ItemNotFound, GrantedAlready."""
    contract = await contracts.contract(session, contract_id)
    await require_items(session, [item_code])
    entitlement = Entitlement(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        item_code=item_code,
        unit=unit,
        granted=domain.quantity(unit, granted),
    )
    session.add(entitlement)
    try:
        await session.flush()
    except IntegrityError as problem:
        raise GrantedAlready(item_code=item_code, unit=unit) from problem
    after = as_record(entitlement, "contract_id", "item_code", "unit", "granted")
    note(session, entitlement.id, "grant", after=after, customer_id=contract.customer_id)
    return entitlement


async def use_by_hand(session: AsyncSession, *, entitlement_id: UUID, amount: float, used_on: date, reason: str) -> Use:
    """Raises EntitlementNotFound, AmountNotWhole, DayOutsideTerm."""
    entitlement = await queries.locked_entitlement(session, entitlement_id)
    contract = await contracts.contract(session, entitlement.contract_id)
    require_within(used_on, contract.starts_on, contract.ends_on)
    use = Use(
        year=year_of(contract.starts_on, used_on),
        quantity=domain.quantity(entitlement.unit, amount),
        used_at=datetime.combine(used_on, time(), ZONE),
        reason=reason,
    )
    return await _count(session, entitlement, contract.number, use)


async def count_visit(session: AsyncSession, visit: VisitCompleted, *, source_event_id: UUID) -> None:
    """Count a visit against its contract, once; nothing where none is granted."""
    use = Use(
        quantity=domain.quantity(Unit.VISITS, 1),
        used_at=visit.completed_at,
        reason=visit.service_record,
        incident_id=visit.incident_id,
        source_event_id=source_event_id,
    )
    await _count_of_incident(
        session, visit.contract_number, Unit.VISITS, visit.completed_at.astimezone(ZONE).date(), use
    )


async def count_time(
    session: AsyncSession, spent: TimeSpent | TimeWithdrawn, *, source_event_id: UUID, used_at: datetime
) -> None:
    """Count time spent against its contract, once, or take back what was counted by mistake."""
    sign = -1 if isinstance(spent, TimeWithdrawn) else 1
    use = Use(
        quantity=sign * spent.minutes,
        used_at=used_at,
        reason=spent.person_name,
        incident_id=spent.incident_id,
        source_event_id=source_event_id,
    )
    await _count_of_incident(session, spent.contract_number, Unit.HOURS, spent.spent_on, use)


async def _count_of_incident(
    session: AsyncSession, contract_number: str | None, unit: Unit, day: date, use: Use
) -> None:
    """Nothing where the contract grants none of it. What comes after the term's end counts in the last year."""
    contract = await contracts.contract_numbered(session, contract_number) if contract_number else None
    if contract is None:
        return
    granted = await queries.entitlement_to(session, contract.id, domain.COUNTED_BY_INCIDENTS, unit)
    if granted is None:
        return
    entitlement = await queries.locked_entitlement(session, granted)
    if use.source_event_id and await queries.is_counted(session, use.source_event_id):
        return
    last = min(day, contract.ends_on - timedelta(days=1))
    use.year = min(year_of(contract.starts_on, last), years_of(contract.starts_on, contract.ends_on))
    await _count(session, entitlement, contract.number, use)


async def _count(session: AsyncSession, entitlement: Entitlement, contract_number: str, use: Use) -> Use:
    before = await queries.used_in(session, entitlement.id, use.year)
    use.entitlement_id, use.customer_id, use.by = entitlement.id, entitlement.customer_id, context(session).actor
    session.add(use)
    await session.flush()
    after = as_record(use, "id", "year", "quantity", "reason", "incident_id", "source_event_id")
    note(session, entitlement.id, "count_use", after=after, customer_id=use.customer_id)
    counted = domain.counted(entitlement.unit, use.year, entitlement.granted, before + use.quantity)
    _say_use(session, entitlement, contract_number, use, counted)
    if domain.exhausts(entitlement.granted, before, before + use.quantity):
        _say_exhausted(session, entitlement, contract_number, counted)
    return use


def _say_use(
    session: AsyncSession, entitlement: Entitlement, contract_number: str, use: Use, counted: domain.Year
) -> None:
    emit(
        session,
        EntitlementUsed(
            entitlement_id=entitlement.id,
            use_id=use.id,
            contract_id=entitlement.contract_id,
            contract_number=contract_number,
            customer_id=entitlement.customer_id,
            incident_id=use.incident_id,
            item_code=entitlement.item_code,
            unit=entitlement.unit,
            year=use.year,
            amount=domain.amount(entitlement.unit, use.quantity),
            granted=counted.granted,
            left=counted.left,
            used_at=use.used_at,
        ),
    )


def _say_exhausted(session: AsyncSession, entitlement: Entitlement, contract_number: str, counted: domain.Year) -> None:
    emit(
        session,
        EntitlementExhausted(
            entitlement_id=entitlement.id,
            contract_id=entitlement.contract_id,
            contract_number=contract_number,
            customer_id=entitlement.customer_id,
            item_code=entitlement.item_code,
            unit=entitlement.unit,
            year=counted.year,
            granted=counted.granted,
            used=counted.used,
        ),
    )
