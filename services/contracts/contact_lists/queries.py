"""What can be asked about contact lists."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.contact_lists.models import ContactList
from shared.errors import NotFound


class ContactListNotFound(NotFound):
    code = "contact_list_not_found"
    en = "The contract {contract_id} has no contact list of version {version}."
    zh = "合同 {contract_id} 没有第 {version} 版联系人清单。"


async def contact_list(session: AsyncSession, contract_id: UUID, version: int) -> ContactList:
    issued = select(ContactList).where(ContactList.contract_id == contract_id, ContactList.version == version)
    found = (await session.scalars(issued)).one_or_none()
    if found is None:
        raise ContactListNotFound(contract_id=contract_id, version=version)
    return found


async def contact_lists(session: AsyncSession, contract_id: UUID) -> Sequence[ContactList]:
    """All versions, newest first."""
    issued = select(ContactList).where(ContactList.contract_id == contract_id)
    return (await session.scalars(issued.order_by(ContactList.version.desc()))).all()


async def next_version(session: AsyncSession, contract_id: UUID) -> int:
    """Call with the contract locked, so that two lists do not take one number."""
    last = await session.scalar(select(func.max(ContactList.version)).where(ContactList.contract_id == contract_id))
    return (last or 0) + 1
