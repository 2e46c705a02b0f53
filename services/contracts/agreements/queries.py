"""What can be asked about contracts and agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements.domain import State
from services.contracts.agreements.models import Agreement, Contract
from services.contracts.finding.queries import holding
from shared.db import check_version
from shared.errors import NotFound
from shared.paging import Page
from shared.snapshots import Every

EVERY_CONTRACT = Every(select(Contract), Contract.id)
EVERY_SIGNED_AGREEMENT = Every(
    select(Agreement, Contract)
    .join(Contract, Contract.id == Agreement.contract_id)
    .where(Agreement.state != State.DRAFT),
    Agreement.id,
)
"""All but drafts: what was said of them once."""


class ContractNotFound(NotFound):
    code = "contract_not_found"
    en = "There is no contract {contract_id}."
    zh = "没有合同 {contract_id}。"


class AgreementNotFound(NotFound):
    code = "agreement_not_found"
    en = "There is no agreement {agreement_id}."
    zh = "没有服务协议 {agreement_id}。"


async def contract(session: AsyncSession, contract_id: UUID) -> Contract:
    found = await session.get(Contract, contract_id)
    if found is None:
        raise ContractNotFound(contract_id=contract_id)
    return found


async def locked_contract(session: AsyncSession, contract_id: UUID) -> Contract:
    """The contract under its row lock: who adds or signs one of its agreements takes it first."""
    found = await session.get(Contract, contract_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ContractNotFound(contract_id=contract_id)
    return found


async def contract_numbered(session: AsyncSession, number: str) -> Contract | None:
    return (await session.scalars(select(Contract).where(Contract.number == number))).one_or_none()


async def contracts_holding(session: AsyncSession, text: str) -> Sequence[Contract]:
    return (await session.scalars(holding(text, Contract))).all()


async def contracts_page(session: AsyncSession, page: Page) -> Sequence[Contract]:
    return (await session.scalars(page.of(select(Contract), Contract.id))).all()


async def agreement(session: AsyncSession, agreement_id: UUID) -> Agreement:
    found = await session.get(Agreement, agreement_id)
    if found is None:
        raise AgreementNotFound(agreement_id=agreement_id)
    return found


async def locked_agreement(session: AsyncSession, agreement_id: UUID) -> Agreement:
    """The agreement under its row lock, at the version the client expects."""
    found = await session.get(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise AgreementNotFound(agreement_id=agreement_id)
    check_version(session, found.version)
    return found


async def agreements_of(session: AsyncSession, contract_id: UUID) -> Sequence[Agreement]:
    """All revisions, newest first."""
    of_contract = select(Agreement).where(Agreement.contract_id == contract_id)
    return (await session.scalars(of_contract.order_by(Agreement.revision.desc()))).all()


async def agreement_in_force(session: AsyncSession, contract_id: UUID) -> Agreement | None:
    in_force = select(Agreement).where(Agreement.contract_id == contract_id, Agreement.state == State.IN_FORCE)
    return (await session.scalars(in_force.with_for_update())).one_or_none()


async def first_in_force_at(session: AsyncSession, contract_id: UUID) -> datetime | None:
    """When the first version of a contract came into force, if one did."""
    first = select(func.min(Agreement.in_force_at)).where(Agreement.contract_id == contract_id)
    return await session.scalar(first)


async def locked_agreements_on(session: AsyncSession, calendar_id: UUID) -> Sequence[tuple[Agreement, Contract]]:
    """What was drawn from a named calendar and is not withdrawn, locked like everything of a contract: it first."""
    drawn = Agreement.calendar_id == calendar_id
    concerned = select(Agreement.contract_id).where(drawn)
    await session.execute(select(Contract.id).where(Contract.id.in_(concerned)).order_by(Contract.id).with_for_update())
    pairs = (
        select(Agreement, Contract)
        .join(Contract, Contract.id == Agreement.contract_id)
        .where(drawn, Agreement.state != State.WITHDRAWN)
        .order_by(Agreement.id)
        .with_for_update(of=Agreement)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in await session.execute(pairs)]


async def next_revision(session: AsyncSession, contract_id: UUID) -> int:
    """Call with the contract locked, so that two drafts do not take one number."""
    last = await session.scalar(select(func.max(Agreement.revision)).where(Agreement.contract_id == contract_id))
    return (last or 0) + 1
