"""Issuing a contact list: what holds at this moment is frozen as the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements.queries import locked_contract
from services.contracts.contact_lists import queries
from services.contracts.contact_lists.domain import Content, Responsible, ToCall
from services.contracts.contact_lists.models import ContactList
from services.contracts.contacts.queries import contacts_at
from services.contracts.copies.queries import engineers
from services.contracts.customers.queries import customer, sites_named
from shared.audit import note
from shared.db import context
from shared.errors import Conflict

if TYPE_CHECKING:
    from services.contracts.agreements.models import Contract


class NobodyResponsible(Conflict):
    code = "nobody_responsible"
    en = "The contract names no responsible engineer yet; without one there is nobody to list."
    zh = "合同尚未指定责任工程师，无法签发联系人清单。"


async def issue_contact_list(
    session: AsyncSession, *, contract_id: UUID, hotline: str, hotline_email: str
) -> ContactList:
    """Raises ContractNotFound, NobodyResponsible, EngineerNotFound for one who is no active engineer any more."""
    contract = await locked_contract(session, contract_id)
    if not contract.engineer_ids:
        raise NobodyResponsible()
    content = await _content(session, contract, hotline, hotline_email)
    issued = ContactList(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        version=await queries.next_version(session, contract.id),
        content=content.model_dump(mode="json"),
        issued_at=context(session).now,
        issued_by=context(session).actor,
    )
    session.add(issued)
    await session.flush()
    after = {"version": issued.version, "content": issued.content}
    note(session, contract.id, "issue_contact_list", after=after, customer_id=contract.customer_id)
    return issued


async def _content(session: AsyncSession, contract: Contract, hotline: str, hotline_email: str) -> Content:
    told = await customer(session, contract.customer_id)
    sites = await sites_named(session, contract.site_ids)
    contacts = await contacts_at(session, contract.customer_id, contract.site_ids)
    return Content(
        contract_number=contract.number,
        customer_zh=told.name_zh,
        customer_en=told.name_en,
        hotline=hotline,
        hotline_email=hotline_email,
        engineers=tuple(
            Responsible(person_id=one.id, name_zh=one.name_zh, name_en=one.name_en, phone=one.phone, email=one.email)
            for one in await engineers(session, contract.engineer_ids)
        ),
        contacts=tuple(
            ToCall(
                name=one.name,
                role_zh=one.role_zh,
                role_en=one.role_en,
                phone=one.phone,
                email=one.email,
                site_zh=sites[one.site_id].name_zh if one.site_id else None,
                site_en=sites[one.site_id].name_en if one.site_id else None,
            )
            for one in contacts
        ),
    )
