"""Granting and counting. A use is never refused for want of a grant: whoever is in need is helped, and it shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import queries as contracts
from services.contracts.catalogue.queries import require_items
from services.contracts.entitlements import domain, queries
from services.contracts.entitlements.domain import Unit
from services.contracts.entitlements.models import Entitlement, Use
from services.contracts.term.domain import ZONE, require_within, year_of
from shared.audit import note
from shared.db import as_record, context, unless_taken
from shared.errors import Conflict
from shared.events.contracts import EntitlementExhausted, EntitlementUsed
from shared.events.incidents import TimeSpent, TimeWithdrawn, VisitCompleted
from shared.outbox import emit


class GrantedAlready(Conflict):
    code = "granted_already"
    en = "The contract grants {unit} of {item_code} already."
    zh = "该合同已约定 {item_code} 的 {unit} 额度。"


class GrantWithdrawn(Conflict):
    code = "grant_withdrawn"
    en = "This grant was withdrawn already."
    zh = "该服务额度已撤回。"


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
    with unless_taken(GrantedAlready(item_code=item_code, unit=unit)):
        await session.flush()
    after = as_record(entitlement, "contract_id", "item_code", "unit", "granted")
    note(session, entitlement.id, "grant", after=after, customer_id=contract.customer_id)
    return entitlement


async def change_grant(session: AsyncSession, *, entitlement_id: UUID, granted: float) -> Entitlement:
    """From now on so much in each year. Raises EntitlementNotFound, GrantWithdrawn, AmountNotWhole, UsedAlready."""
    entitlement = await _locked_grant(session, entitlement_id)
    quantity = domain.quantity(entitlement.unit, granted)
    if quantity < entitlement.granted:
        domain.require_enough(entitlement.unit, quantity, await queries.used_of(session, entitlement.id))
    if quantity != entitlement.granted:
        before = as_record(entitlement, "granted")
        entitlement.granted = quantity
        _note_change(session, entitlement, "change_grant", before, "granted")
    return entitlement


async def withdraw_grant(session: AsyncSession, *, entitlement_id: UUID, reason: str) -> Entitlement:
    """Nothing counts against it any more. Raises EntitlementNotFound, GrantWithdrawn."""
    entitlement = await _locked_grant(session, entitlement_id)
    before = as_record(entitlement, "withdrawn_at", "withdrawal")
    entitlement.withdrawn_at, entitlement.withdrawal = context(session).now, reason
    _note_change(session, entitlement, "withdraw_grant", before, "withdrawn_at", "withdrawal")
    return entitlement


async def _locked_grant(session: AsyncSession, entitlement_id: UUID) -> Entitlement:
    """Raises EntitlementNotFound; GrantWithdrawn for one of which nothing may be changed or used any more."""
    entitlement = await queries.locked_entitlement(session, entitlement_id)
    if entitlement.withdrawn_at is not None:
        raise GrantWithdrawn()
    return entitlement


def _note_change(
    session: AsyncSession, entitlement: Entitlement, action: str, before: dict[str, Any], *fields: str
) -> None:
    entitlement.version += 1
    after, customer_id = as_record(entitlement, *fields), entitlement.customer_id
    note(session, entitlement.id, action, before=before, after=after, customer_id=customer_id)


async def use_by_hand(session: AsyncSession, *, entitlement_id: UUID, amount: float, used_on: date, reason: str) -> Use:
    """Raises EntitlementNotFound, GrantWithdrawn, AmountNotWhole, DayOutsideTerm, NotYetUsed."""
    entitlement = await _locked_grant(session, entitlement_id)
    contract = await contracts.contract(session, entitlement.contract_id)
    require_within(used_on, contract.starts_on, contract.ends_on)
    domain.require_used(used_on, context(session).now.astimezone(UTC).date())
    use = Use(
        year=year_of(contract.starts_on, used_on),
        quantity=domain.quantity(entitlement.unit, amount),
        used_at=_begin_of(used_on),
        reason=reason,
        by=context(session).actor,
    )
    return await _count(session, entitlement, contract.number, use)


async def count_visit(session: AsyncSession, visit: VisitCompleted, *, source_event_id: UUID) -> None:
    """Count a visit against its contract, once; nothing where none of its service item is granted."""
    use = Use(
        quantity=domain.quantity(Unit.VISITS, 1),
        used_at=visit.completed_at,
        reason=visit.service_record,
        by=context(session).actor,
        incident_id=visit.incident_id,
        source_event_id=source_event_id,
    )
    await _count_of_incident(session, visit.contract_number, visit.service_item, Unit.VISITS, use)


async def count_time(session: AsyncSession, spent: TimeSpent, *, source_event_id: UUID) -> None:
    """Count time spent against its contract, once; nothing where no hours of its service item are granted."""
    use = Use(
        quantity=spent.minutes,
        used_at=_begin_of(spent.spent_on),
        reason=spent.person_name,
        by=_without_name(session),
        incident_id=spent.incident_id,
        source_event_id=source_event_id,
        time_entry_id=spent.entry_id,
    )
    await _count_of_incident(session, spent.contract_number, spent.service_item, Unit.HOURS, use)


async def take_time_back(session: AsyncSession, withdrawn: TimeWithdrawn, *, source_event_id: UUID) -> None:
    """Take back what was counted by mistake, where it was counted; nothing where it was not."""
    counted = await queries.use_of_time(session, withdrawn.entry_id)
    if counted is None:
        return
    entitlement = await queries.locked_entitlement(session, counted.entitlement_id)
    if await queries.is_counted(session, source_event_id):
        return
    use = Use(
        year=counted.year,
        quantity=-counted.quantity,
        used_at=counted.used_at,
        reason=withdrawn.reason_given,
        by=_without_name(session),
        incident_id=withdrawn.incident_id,
        source_event_id=source_event_id,
        time_entry_id=withdrawn.entry_id,
    )
    contract = await contracts.contract(session, entitlement.contract_id)
    await _count(session, entitlement, contract.number, use)


def _without_name(session: AsyncSession) -> str:
    """Who spent time is the provider's own, and what is counted of it the customer's: from now on that is said and
    noted as ours, of nobody by name. Returns whose it was.
    """
    ctx = context(session)
    person, ctx.actor = ctx.actor, f"system:{ctx.service}"
    return person


async def _count_of_incident(
    session: AsyncSession, contract_number: str | None, item_code: str, unit: Unit, use: Use
) -> None:
    """Nothing where the contract grants none of it or had not begun. What comes after its end is of the last year."""
    contract = await contracts.contract_numbered(session, contract_number) if contract_number else None
    if contract is None:
        return
    granted = await queries.grant_of(session, contract.id, item_code, unit)
    if granted is None:
        return
    entitlement = await queries.locked_entitlement(session, granted)
    if entitlement.withdrawn_at or (use.source_event_id and await queries.is_counted(session, use.source_event_id)):
        return
    await session.refresh(contract)
    day = use.used_at.astimezone(ZONE).date()
    if day < contract.starts_on:
        return
    use.year = year_of(contract.starts_on, min(day, contract.ends_on - timedelta(days=1)))
    await _count(session, entitlement, contract.number, use)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


async def _count(session: AsyncSession, entitlement: Entitlement, contract_number: str, use: Use) -> Use:
    before = await queries.used_in(session, entitlement.id, use.year)
    use.entitlement_id, use.customer_id = entitlement.id, entitlement.customer_id
    session.add(use)
    await session.flush()
    _note_use(session, entitlement, use)
    counted = domain.counted(entitlement.unit, use.year, entitlement.granted, before + use.quantity)
    _say_use(session, entitlement, contract_number, use, counted)
    if domain.exhausts(entitlement.granted, before, before + use.quantity):
        _say_exhausted(session, entitlement, contract_number, counted)
    return use


def _note_use(session: AsyncSession, entitlement: Entitlement, use: Use) -> None:
    """Of time, why is told among the provider's people only."""
    after = as_record(use, "id", "year", "quantity", "incident_id", "source_event_id")
    if not domain.is_of_time(entitlement.unit, use.source_event_id):
        after |= {"reason": use.reason}
    note(session, entitlement.id, "count_use", after=after, customer_id=use.customer_id)


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
