"""Writing contracts and agreements: a version counts once both sides signed it, and replaces the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import domain, queries
from services.contracts.agreements.models import Agreement, Contract
from services.contracts.customers import queries as customers
from shared.audit import note
from shared.calendar import CalendarError, WorkCalendar, chinese_office_hours
from shared.db import as_record, context
from shared.errors import Conflict, IllegalMove
from shared.events.contracts import AgreementChanged, Target
from shared.outbox import emit


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
    domain.require_term(starts_on, ends_on)
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
    try:
        await session.flush()
    except IntegrityError as problem:
        raise ContractNumberTaken(number=number) from problem
    after = as_record(contract, "number", "starts_on", "ends_on", "site_ids", "asset_ids")
    note(session, contract.id, "sign_contract", after=after, customer_id=customer_id)
    return contract


async def draft_agreement(
    session: AsyncSession,
    *,
    contract_id: UUID,
    targets: Sequence[Target] | None,
    calendar: dict[str, Any] | None,
) -> Agreement:
    """Draw up the next revision. Raises TargetRepeated, InvalidCalendar, TargetBeyondCalendar."""
    contract = await queries.locked_contract(session, contract_id)
    agreed = domain.DEFAULT_TARGETS if targets is None else tuple(targets)
    domain.require_unique(agreed)
    hours = _checked_calendar(calendar)
    starts = (context(session).now, domain.end_of_term(contract.ends_on, hours))
    domain.require_days(hours)
    domain.require_due(agreed, hours, starts)
    agreement = Agreement(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        revision=await queries.next_revision(session, contract.id),
        state="draft",
        calendar=hours.to_data(),
        targets=domain.as_data(agreed),
    )
    session.add(agreement)
    await session.flush()
    after = as_record(agreement, "revision", "targets", "calendar")
    note(session, agreement.id, "draft_agreement", after=after, customer_id=contract.customer_id)
    return agreement


async def sign_agreement(session: AsyncSession, *, agreement_id: UUID, side: str, signed_by: str) -> Agreement:
    """Sign for one side. With both signatures the version is in force and the one before it superseded.

    Raises IllegalMove, AlreadySigned, NewerAgreementInForce.
    """
    await queries.locked_contract(session, (await queries.agreement(session, agreement_id)).contract_id)
    agreement = await queries.locked_agreement(session, agreement_id)
    if agreement.state != "draft":
        raise IllegalMove(state=agreement.state, move="sign", allowed=[])
    if getattr(agreement, f"{side}_signed_by") is not None:
        raise AlreadySigned(side=side)
    setattr(agreement, f"{side}_signed_by", signed_by)
    setattr(agreement, f"{side}_signed_at", context(session).now)
    agreement.version += 1
    after = {"side": side, "signed_by": signed_by}
    note(session, agreement.id, "sign_agreement", after=after, customer_id=agreement.customer_id)
    if domain.Signatures(agreement.provider_signed_by, agreement.customer_signed_by).complete:
        await _put_in_force(session, agreement)
    return agreement


async def _put_in_force(session: AsyncSession, agreement: Agreement) -> None:
    contract = await queries.contract(session, agreement.contract_id)
    former = await queries.agreement_in_force(session, agreement.contract_id)
    if former is not None:
        domain.require_newer(agreement.revision, former.revision)
        former.state = "superseded"
        former.version += 1
        await session.flush()
        superseded = {"state": "superseded"}
        note(session, former.id, "supersede_agreement", after=superseded, customer_id=former.customer_id)
        say_agreement(session, former, contract)
    agreement.state = "in_force"
    await session.flush()
    say_agreement(session, agreement, contract)


def _checked_calendar(data: dict[str, Any] | None) -> WorkCalendar:
    if data is None:
        return chinese_office_hours((), ())
    try:
        return WorkCalendar.from_data(data)
    except (CalendarError, KeyError, TypeError, ValueError) as problem:
        raise domain.InvalidCalendar(reason=str(problem)) from problem


def say_agreement(session: AsyncSession, agreement: Agreement, contract: Contract) -> None:
    emit(
        session,
        AgreementChanged(
            agreement_id=agreement.id,
            contract_id=contract.id,
            contract_number=contract.number,
            customer_id=contract.customer_id,
            revision=agreement.revision,
            in_force=agreement.state == "in_force",
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            site_ids=tuple(contract.site_ids),
            asset_ids=tuple(contract.asset_ids),
            calendar=agreement.calendar,
            targets=tuple(Target.model_validate(target) for target in agreement.targets),
        ),
    )
