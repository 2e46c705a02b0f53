"""Changing what a contract covers. Its agreements are said again, so that incidents go by the new cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import queries
from services.contracts.agreements.actions import say_agreement, say_contract
from services.contracts.catalogue.queries import require_items
from services.contracts.copies.queries import require_engineers
from services.contracts.covers.domain import require_years
from services.contracts.customers import queries as customers
from shared.audit import note
from shared.db import as_record, check_version

if TYPE_CHECKING:
    from services.contracts.agreements.models import Contract

COVER = frozenset({"site_ids", "asset_ids"})
"""What an agreement repeats of its contract."""


async def change_cover(session: AsyncSession, *, contract_id: UUID, changes: Mapping[str, Any]) -> Contract:
    """Raises SiteNotFound, AssetNotFound, ItemNotFound, EngineerNotFound, YearOutsideTerm, YearRepeated."""
    contract = await queries.locked_contract(session, contract_id)
    check_version(session, contract.version)
    await customers.require_sites(session, contract.customer_id, changes.get("site_ids", ()))
    await customers.require_assets(session, contract.customer_id, changes.get("asset_ids", ()))
    await require_items(session, changes.get("item_codes", ()))
    await require_engineers(session, changes.get("engineer_ids", ()))
    require_years([each["year"] for each in changes.get("years", ())], contract.starts_on, contract.ends_on)
    before = as_record(contract, *changes)
    for name, value in changes.items():
        setattr(contract, name, value)
    contract.version += 1
    await session.flush()
    after = as_record(contract, *changes)
    note(session, contract.id, "change_cover", before=before, after=after, customer_id=contract.customer_id)
    say_contract(session, contract)
    if COVER & changes.keys():
        await _say_agreements(session, contract)
    return contract


async def _say_agreements(session: AsyncSession, contract: Contract) -> None:
    for agreement in await queries.agreements_of(session, contract.id):
        if agreement.state != "draft":
            say_agreement(session, agreement, contract)
