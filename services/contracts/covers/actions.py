"""Changing a contract: its term, and what it covers. Its agreements are said again, so that incidents go by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import queries
from services.contracts.agreements.actions import follow_term, say_agreement, say_contract
from services.contracts.catalogue.queries import require_items
from services.contracts.copies.queries import require_engineers
from services.contracts.customers import queries as customers
from services.contracts.entitlements.queries import locked_uses_of
from services.contracts.term.domain import ZONE, Term, require_years
from shared.audit import note
from shared.db import as_record, check_version, context

if TYPE_CHECKING:
    from services.contracts.agreements.models import Contract

COVER = frozenset({"site_ids", "asset_ids"})
"""What an agreement repeats of its contract."""


async def change_contract(session: AsyncSession, *, contract_id: UUID, changes: Mapping[str, Any]) -> Contract:
    """Raises SiteNotFound, AssetNotFound, ItemNotFound, EngineerNotFound, YearOutsideTerm, YearRepeated, and what
    keeps a term from being changed: TermEmpty, PromisedThen, UsedThen, TargetBeyondCalendar.
    """
    contract = await queries.locked_contract(session, contract_id)
    check_version(session, contract.version)
    await _require_known(session, contract, changes)
    former, before = contract.term, as_record(contract, *changes)
    for name, value in changes.items():
        setattr(contract, name, value)
    if contract.term != former:
        await _require_kept(session, contract, former)
    require_years([each["year"] for each in contract.years], contract.starts_on, contract.ends_on)
    if as_record(contract, *changes) == before:
        return contract
    contract.version += 1
    await session.flush()
    after = as_record(contract, *changes)
    note(session, contract.id, "change_contract", before=before, after=after, customer_id=contract.customer_id)
    say_contract(session, contract)
    await _say_agreements(session, contract, former, changes)
    return contract


async def _require_known(session: AsyncSession, contract: Contract, changes: Mapping[str, Any]) -> None:
    await customers.require_sites(session, contract.customer_id, changes.get("site_ids", ()))
    await customers.require_assets(session, contract.customer_id, changes.get("asset_ids", ()))
    await require_items(session, changes.get("item_codes", ()))
    await require_engineers(session, changes.get("engineer_ids", ()))


async def _require_kept(session: AsyncSession, contract: Contract, former: Term) -> None:
    """Nothing that the former term brought about is undone by the new one."""
    contract.term.require_some()
    since = await queries.first_in_force_at(session, contract.id)
    if since is not None:
        today = context(session).now.astimezone(ZONE).date()
        contract.term.require_promised(former, since.astimezone(ZONE).date(), today)
    used = [(at.astimezone(ZONE).date(), year) for at, year in await locked_uses_of(session, contract.id)]
    contract.term.require_counted(former, used)


async def _say_agreements(session: AsyncSession, contract: Contract, former: Term, changes: Mapping[str, Any]) -> None:
    if contract.term != former:
        await follow_term(session, contract, former)
    elif COVER & changes.keys():
        for agreement in await queries.agreements_of(session, contract.id):
            if agreement.state != "draft":
                say_agreement(session, agreement, contract)
