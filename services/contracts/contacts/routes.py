"""Contacts over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.contracts.contacts import actions, queries
from services.contracts.contacts.schemas import AddContact, ChangeContact, ContactOut
from services.contracts.customers.queries import customer
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/customers/{customer_id}/contacts", tags=["customers"])


@routes.post("", status_code=201, response_model=ContactOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_contact(customer_id: UUID, body: AddContact, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_contact(session, customer_id=customer_id, **body.model_dump()))


@routes.get("", response_model=list[ContactOut])
@needs(Permission.CONTRACTS_READ)
async def contacts(customer_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    await customer(session, customer_id)
    return linked(request, response, page, await queries.contacts_page(session, page, customer_id))


@routes.get("/{contact_id}", response_model=ContactOut)
@needs(Permission.CONTRACTS_READ)
async def contact(customer_id: UUID, contact_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.contact_of(session, customer_id, contact_id))


@routes.patch("/{contact_id}", response_model=ContactOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_contact(
    customer_id: UUID, contact_id: UUID, body: ChangeContact, response: Response, session: Session
) -> Any:
    changed = await actions.change_contact(
        session, customer_id=customer_id, contact_id=contact_id, changes=body.changes()
    )
    return tagged(response, changed)
