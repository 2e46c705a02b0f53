"""Emergency organisations over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.contracts.organisations import actions, queries
from services.contracts.organisations.schemas import NameOrganisation, OrganisationOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/customers/{customer_id}/emergency-organisation", tags=["customers"])


@routes.put("", response_model=OrganisationOut)
@needs(Permission.CONTRACTS_WRITE)
async def name_organisation(customer_id: UUID, body: NameOrganisation, response: Response, session: Session) -> Any:
    named = await actions.name_organisation(session, customer_id=customer_id, **body.model_dump())
    return tagged(response, named)


@routes.get("", response_model=OrganisationOut)
@needs(Permission.CONTRACTS_READ)
async def organisation(customer_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.organisation_of(session, customer_id))
