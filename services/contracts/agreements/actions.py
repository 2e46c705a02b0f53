"""Writing contracts and agreements: a version counts once both sides signed it, and replaces the one before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import domain, queries
from services.contracts.agreements.models import Agreement, Contract
from services.contracts.calendars import domain as hours
from services.contracts.calendars import queries as calendars
from services.contracts.calendars.china import public_holidays
from services.contracts.customers import queries as customers
from services.contracts.term.domain import Term
from shared.audit import note
from shared.calendar import WorkCalendar
from shared.calendar_data import checked_calendar
from shared.db import as_record, context, unless_taken
from shared.errors import Conflict
from shared.events.contracts import AgreementChanged, ContractChanged, Target, YearScope
from shared.outbox import emit

if TYPE_CHECKING:
    from services.contracts.calendars.models import Calendar

TERMS = tuple(field.name for field in fields(domain.Terms))
DRAFTED = ("revision", "targets", "calendar_id", "calendar", "provisional_years", *TERMS)


class ContractNumberTaken(Conflict):
    code = "contract_number_taken"
    en = "There is a contract with the number {number} already."
    zh = "合同编号 {number} 已存在。"


class AlreadySigned(Conflict):
    code = "already_signed"
    en = "The {side} has signed this version already."
    zh = "该方（{side}）已签署此版本。"


async def sign_contract(
    session: AsyncSession,
    *,
    number: str,
    customer_id: UUID,
    starts_on: date,
    ends_on: date,
    site_ids: Sequence[UUID],
    asset_ids: Sequence[UUID],
) -> Contract:
    """Enter a contract. Raises TermEmpty, ContractNumberTaken, and not found for what is not the customer's."""
    Term(starts_on, ends_on).require_some()
    await customers.customer(session, customer_id)
    await customers.require_sites(session, customer_id, site_ids)
    await customers.require_assets(session, customer_id, asset_ids)
    contract = Contract(
        number=number,
        customer_id=customer_id,
        starts_on=starts_on,
        ends_on=ends_on,
        site_ids=list(site_ids),
        asset_ids=list(asset_ids),
    )
    session.add(contract)
    with unless_taken(ContractNumberTaken(number=number)):
        await session.flush()
    after = as_record(contract, "number", "starts_on", "ends_on", "site_ids", "asset_ids")
    note(session, contract.id, "sign_contract", after=after, customer_id=customer_id)
    say_contract(session, contract)
    return contract


async def draft_agreement(
    session: AsyncSession,
    *,
    contract_id: UUID,
    targets: Sequence[Target] | None,
    calendar_id: UUID | None,
    calendar: dict[str, Any] | None,
    terms: domain.Terms,
) -> Agreement:
    """Draw up the next revision. Raises TargetRepeated, CalendarGivenTwice, InvalidCalendar, TargetBeyondCalendar."""
    agreed = domain.DEFAULT_TARGETS if targets is None else tuple(targets)
    domain.require_unique(agreed)
    if calendar_id is not None and calendar is not None:
        raise domain.CalendarGivenTwice()
    named = await _named_calendar(session, calendar_id) if calendar is None else None
    contract = await queries.locked_contract(session, contract_id)
    counted, provisional_years = _calendar_for(contract, named, calendar)
    _require_due(session, agreed, counted, contract)
    agreement = Agreement(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        revision=await queries.next_revision(session, contract.id),
        state=domain.State.DRAFT,
        calendar_id=named.id if named else None,
        calendar=counted.to_data(),
        provisional_years=list(provisional_years),
        targets=domain.as_data(agreed),
        **domain.as_columns(terms),
    )
    session.add(agreement)
    await session.flush()
    note(
        session,
        agreement.id,
        "draft_agreement",
        after=as_record(agreement, *DRAFTED),
        customer_id=contract.customer_id,
    )
    return agreement


async def _named_calendar(session: AsyncSession, calendar_id: UUID | None) -> Calendar | None:
    """The calendar that is named; where none is, the installation's Chinese one, so that it is corrected with it."""
    if calendar_id is None:
        return await calendars.held_by_code(session, hours.CHINA)
    return await calendars.held_calendar(session, calendar_id)


def _calendar_for(
    contract: Contract, named: Calendar | None, data: dict[str, Any] | None
) -> tuple[WorkCalendar, Sequence[int]]:
    """The calendar a version counts on, and the years of the term that are provisional in it.

    Who sends the usual calendar, as a draft from an earlier version does, counts on the usual one.
    """
    years = contract.term.years
    if named is not None:
        return checked_calendar(named.data), hours.provisional_in(years, named.provisional_years, named.last_year)
    usual = hours.chinese(public_holidays(), years)
    counted = usual if data is None else checked_calendar(data)
    return counted, public_holidays().provisional(years) if counted.to_data() == usual.to_data() else ()


def _require_due(session: AsyncSession, targets: Sequence[Target], counted: WorkCalendar, contract: Contract) -> None:
    domain.require_due(targets, counted, (context(session).now, domain.end_of_term(contract.ends_on, counted)))


async def sign_agreement(session: AsyncSession, *, agreement_id: UUID, side: str, signed_by: str) -> Agreement:
    """Sign for one side. With both signatures the version is in force and the one before it superseded.

    Raises IllegalMove, AlreadySigned, NewerAgreementInForce.
    """
    await queries.locked_contract(session, (await queries.agreement(session, agreement_id)).contract_id)
    agreement = await queries.locked_agreement(session, agreement_id)
    domain.state_after(agreement.state, domain.Move.SIGN)
    if getattr(agreement, f"{side}_signed_by") is not None:
        raise AlreadySigned(side=side)
    setattr(agreement, f"{side}_signed_by", signed_by)
    setattr(agreement, f"{side}_signed_at", context(session).now)
    after = {"side": side, "signed_by": signed_by}
    signed = {"revision": agreement.revision, "version": agreement.version}
    agreement.version += 1
    note(session, agreement.id, "sign_agreement", after=after, information=signed, customer_id=agreement.customer_id)
    if domain.Signatures(agreement.provider_signed_by, agreement.customer_signed_by).complete:
        await _put_in_force(session, agreement)
    return agreement


async def _put_in_force(session: AsyncSession, agreement: Agreement) -> None:
    contract = await queries.contract(session, agreement.contract_id)
    former = await queries.agreement_in_force(session, agreement.contract_id)
    if former is not None:
        domain.require_newer(agreement.revision, former.revision)
        former.state = domain.state_after(former.state, domain.Move.SUPERSEDE)
        former.version += 1
        await session.flush()
        superseded = {"state": former.state}
        note(session, former.id, "supersede_agreement", after=superseded, customer_id=former.customer_id)
        say_agreement(session, former, contract)
    agreement.state = domain.state_after(agreement.state, domain.Move.SIGN)
    agreement.in_force_at = context(session).now
    await session.flush()
    say_agreement(session, agreement, contract)


async def withdraw_agreement(
    session: AsyncSession, *, agreement_id: UUID, reason: str, provider_signed_by: str, customer_signed_by: str
) -> Agreement:
    """Both sides withdraw the version in force: it promises nothing any more, from now on. Raises IllegalMove."""
    contract = await queries.locked_contract(session, (await queries.agreement(session, agreement_id)).contract_id)
    agreement = await queries.locked_agreement(session, agreement_id)
    agreement.state = domain.state_after(agreement.state, domain.Move.WITHDRAW)
    agreement.withdrawn_at = context(session).now
    agreement.withdrawn_because = reason
    agreement.withdrawn_by_provider = provider_signed_by
    agreement.withdrawn_by_customer = customer_signed_by
    agreement.version += 1
    after = as_record(agreement, "state", "withdrawn_because", "withdrawn_by_provider", "withdrawn_by_customer")
    note(session, agreement.id, "withdraw_agreement", after=after, customer_id=agreement.customer_id)
    say_agreement(session, agreement, contract)
    return agreement


async def follow_correction(
    session: AsyncSession,
    *,
    calendar_id: UUID,
    counted: WorkCalendar,
    provisional_years: Collection[int],
    last_year: int | None,
    reason: str,
) -> list[Agreement]:
    """Take a named calendar as it is corrected into every version drawn from it, drafts too, and say those that count.

    Call with the calendar locked. Raises TargetBeyondCalendar.
    """
    following = await queries.locked_agreements_on(session, calendar_id)
    for agreement, contract in following:
        _require_due(session, [Target.model_validate(target) for target in agreement.targets], counted, contract)
        before = as_record(agreement, "calendar", "provisional_years")
        agreement.calendar = counted.to_data()
        agreement.provisional_years = list(hours.provisional_in(contract.term.years, provisional_years, last_year))
        agreement.version += 1
        note(
            session,
            agreement.id,
            "follow_correction",
            before=before,
            after=as_record(agreement, "calendar", "provisional_years"),
            information={"calendar_id": calendar_id, "reason": reason},
            customer_id=agreement.customer_id,
        )
        if agreement.state in domain.SAID:
            say_agreement(session, agreement, contract)
    return [agreement for agreement, _ in following]


async def follow_term(session: AsyncSession, contract: Contract, former: Term) -> None:
    """Take a new term into every version that is not withdrawn, and say all but drafts.

    Call with the contract locked, which a correction of a calendar takes too. Raises TargetBeyondCalendar.
    """
    for agreement in await queries.agreements_of(session, contract.id):
        if agreement.state != domain.State.WITHDRAWN:
            await _count_on_term(session, agreement, contract, former)
        if agreement.state != domain.State.DRAFT:
            say_agreement(session, agreement, contract)


async def _count_on_term(session: AsyncSession, agreement: Agreement, contract: Contract, former: Term) -> None:
    """A version with the usual calendar has the holidays of the new years, one with a calendar of its own keeps it."""
    named = await calendars.calendar(session, agreement.calendar_id) if agreement.calendar_id else None
    usual = agreement.calendar == hours.chinese(public_holidays(), former.years).to_data()
    counted, provisional_years = _calendar_for(contract, named, None if usual else agreement.calendar)
    _require_due(session, [Target.model_validate(target) for target in agreement.targets], counted, contract)
    before = as_record(agreement, "calendar", "provisional_years")
    agreement.calendar, agreement.provisional_years = counted.to_data(), list(provisional_years)
    after = as_record(agreement, "calendar", "provisional_years")
    if before != after:
        agreement.version += 1
        note(session, agreement.id, "follow_term", before=before, after=after, customer_id=agreement.customer_id)


def say_contract(session: AsyncSession, contract: Contract) -> None:
    emit(
        session,
        ContractChanged(
            contract_id=contract.id,
            number=contract.number,
            customer_id=contract.customer_id,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            site_ids=tuple(contract.site_ids),
            asset_ids=tuple(contract.asset_ids),
            item_codes=tuple(contract.item_codes),
            engineer_ids=tuple(contract.engineer_ids),
            years=tuple(YearScope.model_validate(year) for year in contract.years),
        ),
    )


def say_agreement(session: AsyncSession, agreement: Agreement, contract: Contract) -> None:
    emit(
        session,
        AgreementChanged(
            agreement_id=agreement.id,
            contract_id=contract.id,
            contract_number=contract.number,
            customer_id=contract.customer_id,
            revision=agreement.revision,
            in_force=agreement.state == domain.State.IN_FORCE,
            in_force_at=agreement.in_force_at,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            site_ids=tuple(contract.site_ids),
            asset_ids=tuple(contract.asset_ids),
            calendar=agreement.calendar,
            targets=tuple(Target.model_validate(target) for target in agreement.targets),
            calendar_id=agreement.calendar_id,
            provisional_years=tuple(agreement.provisional_years),
            withdrawn=agreement.state == domain.State.WITHDRAWN,
            applies_to_open=agreement.applies_to_open,
            warning_percents=tuple(agreement.warning_percents),
            warn_before_seconds=tuple(agreement.warn_before_seconds),
            pause_reasons=tuple(agreement.pause_reasons),
            pause_cap_seconds=agreement.pause_cap_seconds,
            close_after_days=agreement.close_after_days,
            priorities=agreement.priorities,
        ),
    )
