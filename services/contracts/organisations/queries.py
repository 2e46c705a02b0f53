"""What can be asked about emergency organisations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.organisations.models import EmergencyOrganisation
from shared.errors import NotFound
from shared.snapshots import Every

EVERY_ORGANISATION = Every(select(EmergencyOrganisation), EmergencyOrganisation.customer_id)


class OrganisationNotFound(NotFound):
    code = "emergency_organisation_not_found"
    en = "This customer has no emergency organisation yet."
    zh = "该客户尚未建立应急组织。"


async def organisation_of(session: AsyncSession, customer_id: UUID) -> EmergencyOrganisation:
    found = await session.get(EmergencyOrganisation, customer_id)
    if found is None:
        raise OrganisationNotFound(customer_id=customer_id)
    return found
